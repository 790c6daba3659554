"""The enums of vehicles and imports."""

from models.rules.data_import import ImportFaultCode, ImportKind, ImportMode, ImportState
from models.rules.vehicle import VehicleKind
from schema.enum.show import show

show(
    VehicleKind,
    "As what a Vehicle is known at the gate.",
    OWNER="业主车: of who holds a Unit.",
    MONTHLY="月租车: pays by the month.",
    VISITOR="访客车: of a visitor.",
    TEMPORARY="临时车: pays by the hour.",
    BLACKLISTED="黑名单: the gate stays shut.",
)
show(
    ImportKind,
    "What a sheet holds: one row per …",
    PROPERTIES="楼盘: Property, by its code. Needs import.run for the whole Organization.",
    PLACES="房屋: Unit, by the codes of building and entrance and its number; makes buildings and entrances.",
    PEOPLE="住户: Person and the Unit that the Person holds.",
    VEHICLES="车辆: Vehicle, by its plate in a Property.",
    DEVICES="设备: Device, by serial number or name in a Property.",
)
show(
    ImportMode,
    "What becomes of a sheet with bad rows.",
    ALL_OR_NOTHING="整表: the whole sheet is checked first; with a bad row nothing is written.",
    SKIP_BAD="跳过错误行: good rows are written, bad ones are left out and listed.",
)
show(
    ImportState,
    "How far an import is.",
    WAITING="等待: for a worker.",
    CHECKING="检查中: every row is checked, nothing is written.",
    WRITING="写入中: rows are written, 1,000 at a time.",
    DONE="完成: to the end of the sheet; a dry run has written nothing.",
    FAILED="失败: `errors` say why.",
    CANCELLED="已取消: somebody stopped it.",
)
show(
    ImportFaultCode,
    "What is wrong with a row of a sheet, or with the sheet.",
    SHEET_TYPE="Neither CSV nor .xlsx.",
    SHEET_UNREADABLE="Damaged, or of mixed encodings.",
    SHEET_TOO_LARGE="It unpacks to too many bytes.",
    SHEET_EMPTY="It has no rows below the heading.",
    TOO_MANY_ROWS="It has more rows than are taken.",
    COLUMN_UNKNOWN="A heading that this kind does not have.",
    COLUMN_MISSING="A required column is missing.",
    COLUMN_TWICE="A column comes twice.",
    VALUE_MISSING="A required cell is empty.",
    TEXT_TOO_LONG="Too many characters.",
    TEXT_UNREADABLE="Control characters.",
    NUMBER_EXPECTED="Not a number.",
    NUMBER_OUT_OF_RANGE="Too small, too large, or with too many places.",
    NUMBER_NOT_EXACT="The spreadsheet lost digits: the column must be text.",
    DATE_EXPECTED="Not a date.",
    DATES_REVERSED="A last day before the first.",
    WORD_UNKNOWN="None of the words of this column.",
    PHONE_WRONG="Not a phone number.",
    EMAIL_WRONG="Not an e-mail address.",
    ID_NUMBER_WRONG="身份证号: the checksum or the date in it is wrong.",
    CONSENT_MISSING="An ID number without purpose, day and version of a consent, or the Person withdrew it since.",
    PLATE_WRONG="车牌: not a number plate.",
    TIME_ZONE_UNKNOWN="Not an IANA time zone.",
    NEEDS_COLUMN="Another column of the row makes this one necessary.",
    NOT_FOUND="Not there, or the importer may not import there: they look alike.",
    AMBIGUOUS="Several people match.",
    NAME_TAKEN="Another Device of the Property has the name.",
    ROW_TWICE="The row repeats an earlier one.",
    ROWS_DIFFER="The row contradicts an earlier one.",
    RIGHTS_LOST="The importer lost the right to import while it ran.",
    BROKEN_OFF="It broke off too often.",
)
