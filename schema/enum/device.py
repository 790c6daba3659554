"""The enums of devices, cameras and alarms."""

from models.rules.alarm import AlarmChange, AlarmSeverity, AlarmType
from models.rules.camera import CameraKind
from models.rules.device import DeviceConnectivity, DeviceKind, DeviceState, DeviceStatus
from schema.enum.show import show

show(
    DeviceKind,
    "What a Device is.",
    GATE_CONTROLLER="门禁控制器: drives gates.",
    CAMERA="摄像机: a camera that reports by itself.",
    RECORDER="录像机: NVR, records cameras.",
    ANALYTICS="智能分析: watches pictures and reports what it sees.",
    GATEWAY="网关: speaks for other devices.",
    LIFT="电梯.",
    PUMP="水泵.",
    FIRE="消防设备.",
    METER="表计: water, power, gas or heat.",
    SENSOR="传感器.",
    HVAC="暖通空调.",
    LIGHTING="照明.",
    POWER="配电.",
    PARKING="停车设备: cameras and lift gates of a car park.",
    OTHER="其他.",
)
show(
    DeviceStatus,
    "Where a Device is in its life.",
    IN_SERVICE="在用: silence and faults raise alarms.",
    UNDER_REPAIR="维修中: its own alarms are off.",
    OUT_OF_SERVICE="停用: its own alarms are off.",
    RETIRED="报废: over; the file stays.",
)
show(
    DeviceState,
    "What a Device last reported about itself.",
    UNKNOWN="未知: nothing yet.",
    RUNNING="运行.",
    STANDBY="待机: ready.",
    STOPPED="停止.",
    FAULT="故障: raises DEVICE_FAULT.",
)
show(
    DeviceConnectivity,
    "Whether we hear from a Device.",
    NEVER_SEEN="从未上线: it has not reported yet.",
    ONLINE="在线.",
    OFFLINE="离线: two heartbeats were missed.",
)
show(
    CameraKind,
    "What a Camera is.",
    FIXED="枪机: looks one way.",
    DOME="半球.",
    PTZ="球机: turns and zooms.",
    FISHEYE="鱼眼: all around.",
    INTERCOM="可视对讲: at a door.",
    THERMAL="热成像.",
)
show(
    AlarmSeverity,
    "How bad an Alarm is, the mildest first.",
    INFO="提示: for the record; never escalates.",
    WARNING="警告: look at it today.",
    MINOR="一般: look at it within the hour.",
    MAJOR="重要: somebody must act soon.",
    CRITICAL="紧急: people are in danger; act now.",
)
show(
    AlarmType,
    "What an Alarm tells of.",
    INTRUSION="入侵: somebody where nobody should be.",
    LOITERING="徘徊.",
    CROWD="人群聚集.",
    FALL="跌倒: somebody fell.",
    FIGHT="打架.",
    FIRE="火警.",
    SMOKE="烟雾.",
    GAS="燃气泄漏.",
    WATER_LEAK="漏水.",
    LIFT="电梯: somebody is shut in, or the lift stands.",
    THRESHOLD="越限: a measured value is out of its range.",
    DEVICE_FAULT="设备故障: the device says so.",
    DEVICE_OFFLINE="设备离线: nothing is heard of it.",
    FORCED_DOOR="破门: a door was forced or held open.",
    VEHICLE="车辆: a blacklisted or wrongly parked car.",
    ENERGY="能耗异常.",
    MAINTENANCE="保养逾期.",
    PATROL="巡逻: missed or late.",
    HELP="求助: somebody called for help.",
    OTHER="其他.",
)
show(
    AlarmChange,
    "What happened to an Alarm.",
    RAISED="It was raised.",
    REPEATED="Its cause came again: told when the severity rises, otherwise at most every 10 seconds.",
    ESCALATED="Nobody acknowledged it in time: it rose a level.",
    ACKNOWLEDGED="Somebody has taken note.",
    CLEARED="Its cause is gone.",
    ORDER_OPENED="A WorkOrder was opened for it.",
)
