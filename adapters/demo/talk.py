"""What people of the demo say: troubles and how they were mended. Invented."""

from models.rules.alarm import AlarmSeverity, AlarmType
from models.rules.gate import AccessMethod
from models.rules.ticket import TicketKind

# Kind of place, kind of ticket: category and words. {room} and {spot} are filled in.
HOME = "HOME"
WORK = "WORK"
TROUBLES: dict[str, dict[TicketKind, tuple[tuple[str, str], ...]]] = {
    HOME: {
        TicketKind.REPAIR: (
            ("水管", "{room}水龙头一直滴水，关不紧。"),
            ("水管", "{room}的水管接头渗水，地板泡湿了。"),
            ("电路", "{room}插座没有电，已经检查过空气开关。"),
            ("电路", "{room}一开灯就跳闸。"),
            ("门窗", "{room}的窗户把手断了，关不上。"),
            ("门窗", "入户门锁芯转不动，钥匙要试很多次。"),
            ("管道", "{room}下水很慢，还有返味。"),
            ("墙面", "{room}天花板有水渍，怀疑楼上漏水。"),
            ("对讲", "可视对讲没有声音，访客按铃听不到。"),
            ("电梯", "电梯运行时有异响，到站会抖一下。"),
            ("公共照明", "楼道灯不亮，晚上看不清台阶。"),
            ("门禁", "单元门关不严，刷卡后不会自动上锁。"),
        ),
        TicketKind.COMPLAINT: (
            ("噪音", "楼上装修噪音太大，午休时间也在施工。"),
            ("噪音", "楼上晚上十一点以后还在拖动家具。"),
            ("停车", "有车长期停在消防通道上。"),
            ("保洁", "楼道垃圾没有及时清理。"),
            ("宠物", "有人遛狗不牵绳，孩子被吓到了。"),
            ("高空抛物", "从楼上掉下来烟头，很危险。"),
        ),
        TicketKind.SUGGESTION: (
            ("绿化", "建议在儿童游乐区旁边种几棵遮阴的树。"),
            ("充电", "建议增加电动车充电桩，晚上排不上。"),
            ("快递", "希望快递柜旁边加一盏灯。"),
        ),
        TicketKind.INQUIRY: (
            ("费用", "请问这个季度的物业费什么时候出账单？"),
            ("装修", "准备重新装修{room}，需要办哪些手续？"),
            ("门禁", "家里老人想录人脸，请问在哪里办理？"),
        ),
    },
    WORK: {
        TicketKind.REPAIR: (
            ("空调", "{spot}空调不制冷，室内已经三十度。"),
            ("空调", "{spot}出风口滴水，滴在工位上。"),
            ("电路", "{spot}一排插座没有电，影响办公。"),
            ("照明", "{spot}两盏灯不亮，一盏在闪。"),
            ("水管", "{spot}洗手池下面漏水。"),
            ("门窗", "{spot}玻璃门闭门器坏了，关门声音很大。"),
            ("电梯", "3 号客梯等候时间过长，按键没有反应。"),
            ("消防", "{spot}烟感一直闪红灯，请检查。"),
        ),
        TicketKind.COMPLAINT: (
            ("保洁", "{spot}卫生间没有及时打扫。"),
            ("停车", "固定车位被外来车辆占用。"),
            ("噪音", "楼上租户装修，上班时间一直在打孔。"),
        ),
        TicketKind.SUGGESTION: (("停车", "建议访客车辆可以线上预约。"), ("门禁", "希望早高峰多开一条闸机通道。")),
        TicketKind.INQUIRY: (("装修", "二次装修需要提交哪些图纸？"), ("费用", "请问加班空调怎么收费？")),
    },
}
# What people say instead of a category's name: classifies tickets that name none.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "水管": ("漏水", "水龙头", "渗水", "爆管"),
    "电路": ("插座", "跳闸", "没电", "停电"),
    "门窗": ("窗户", "门锁", "锁芯", "把手"),
    "管道": ("下水", "堵塞", "返味", "马桶"),
    "电梯": ("困梯", "轿厢"),
    "公共照明": ("楼道灯", "路灯"),
    "空调": ("制冷", "出风口"),
    "噪音": ("吵", "打孔"),
    "停车": ("车位", "消防通道"),
    "费用": ("物业费", "账单", "收费"),
}
ROOMS = ("厨房", "主卧", "次卧", "客厅", "阳台", "卫生间")
SPOTS = ("前台", "会议室", "开放办公区", "茶水间", "走廊", "仓库", "收银台旁")
RESULTS = (
    "已更换密封圈，试水十分钟无渗漏。",
    "已修复，试用正常，报修人确认。",
    "线路重新接驳，测试正常。",
    "已疏通并清理现场。",
    "更换损坏配件一件，功能恢复。",
    "已与当事人沟通，对方承诺整改。",
    "现场处理完毕，后续继续观察。",
)
NOTES = ("请先电话联系。", "请带好备用配件。", "下午在现场。", "注意拍照留存。")

# Why a gate stays shut: for somebody it does not know, and for somebody it knows.
UNKNOWN = {
    AccessMethod.FACE: ("未识别的人脸", "人脸比对分数过低", "疑似照片攻击，已拒绝"),
    AccessMethod.CARD: ("卡号未登记", "门禁卡已挂失"),
    AccessMethod.PHONE: ("蓝牙钥匙无效", "手机未绑定住户"),
    AccessMethod.QR: ("二维码已过期", "访客码使用次数已满"),
    AccessMethod.PIN: ("密码错误", "密码连续输错，已锁定五分钟"),
}
KNOWN = ("门禁权限已到期", "不在允许通行的时段", "该住户无此门权限")

# What cameras and machines alarm about: type, severity, words, and whether it only happens while the estate sleeps.
INCIDENTS = (
    (AlarmType.INTRUSION, AlarmSeverity.MAJOR, "{place}：夜间有人闯入", True),
    (AlarmType.LOITERING, AlarmSeverity.WARNING, "{place}：有人长时间徘徊", True),
    (AlarmType.SMOKE, AlarmSeverity.CRITICAL, "{place}：画面出现烟雾", False),
    (AlarmType.FALL, AlarmSeverity.MAJOR, "{place}：疑似有人摔倒", False),
    (AlarmType.CROWD, AlarmSeverity.MINOR, "{place}：人员聚集", False),
    (AlarmType.VEHICLE, AlarmSeverity.WARNING, "{place}：通道被占用", False),
    (AlarmType.LIFT, AlarmSeverity.MAJOR, "{place}：轿厢停在两层之间", False),
    (AlarmType.DEVICE_FAULT, AlarmSeverity.MINOR, "{place} 故障", False),
)
CLEARED = ("现场核实，为误报。", "保安已到场处置，人员离开。", "已处理，恢复正常。", "设备重启后恢复。")

# What tickets may be about: the first level by kind, with its department; below it the words above.
LEVELS = {
    TicketKind.REPAIR: ("报修", "wrench", "工程部"),
    TicketKind.COMPLAINT: ("投诉", "megaphone", "客服部"),
    TicketKind.SUGGESTION: ("建议", "bulb", "客服部"),
    TicketKind.INQUIRY: ("咨询", "question", "客服部"),
}
CHECKLISTS = {
    "电梯": ("轿厢内外张贴停用告示", "断电挂牌", "恢复后试运行三次"),
    "消防": ("通知消控室", "复位并测试报警"),
}
ANSWERS = (
    "感谢您的建议，我们会在月度例会上讨论。",
    "已转相关部门，进展会在此回复。",
    "您好，请携带房产证明到客服中心办理。",
)
RATINGS = {5: "师傅来得快，修得好。", 4: "可以，等了一会儿。", 3: "修好了，但现场没收拾。", 2: "来了两次才修好。"}
