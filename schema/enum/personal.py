"""The enums of consents and erasures."""

from models.rules.consent import ConsentAct, ConsentChannel, ConsentKind, ErasureScope, RevealPurpose
from schema.enum.show import show

show(
    ConsentKind,
    "Sensitive personal data that is kept only with a consent.",
    ID_NUMBER="身份证号: the ID number.",
    FACE="人脸: the reference of the face that the gates know.",
)
show(ConsentAct, "What a Person did about a consent.", GIVEN="同意: agreed.", WITHDRAWN="撤回: took it back.")
show(
    ConsentChannel,
    "How a consent or its withdrawal reached us.",
    APP="本人: the Person's own account.",
    DESK="前台: recorded by staff.",
    IMPORT="导入: with an imported sheet.",
)
show(
    ErasureScope,
    "What of a Person is to be erased.",
    ID_NUMBER="身份证号: the ID number and what it is found by.",
    FACE="人脸: the face reference.",
    PERSON="住户: everything that says who the Person is.",
)
show(
    RevealPurpose,
    "What the whole of an ID number or a face reference is needed for.",
    IDENTITY_CHECK="核验身份: to check who somebody is.",
    CONTRACT="签订合同: for a contract.",
    RESIDENCE_REGISTRATION="居住登记: for the registration of residents.",
    AUTHORITY_REQUEST="机关要求: an authority asks for it.",
    LEGAL_DISPUTE="法律纠纷: for a claim or its defence.",
    DEVICE_SETUP="设备下发: to set it up on the gates.",
    OTHER="其他: with a note that says what for.",
)
