"""Why a row of records is not taken in, or what was marked about it, in words."""

from __future__ import annotations

from typing import Final

from api.sheets import REASONS as OF_SHEETS
from schemas.codes import Words

REASONS: Final[dict[str, Words]] = {
    **OF_SHEETS,
    # The file
    "gzip_broken": Words("压缩文件不完整或已损坏", "the compressed file is cut off or damaged"),
    "json_broken": Words("不是完整的 JSON", "it is no whole JSON"),
    "no_records": Words("文件中没有记录", "there are no records in the file"),
    "list_missing": Words("文件中没有这个列表", "the file has no such list"),
    "file_changed": Words("读取时文件被改动", "the file changed while it was read"),
    # A profile
    "profile_broken": Words("无法读取", "it cannot be read"),
    "field_nowhere": Words("没有一条记录有该字段", "no record has this field"),
    "hazard_unknown": Words("没有这种灾害", "there is no such hazard"),
    "label_unfit": Words("只可用 a–z、0–9 和 -", "only a–z, 0–9 and - will do"),
    "zone_unknown": Words("没有这个时区", "there is no such zone"),
    "format_unknown": Words("没有这种时间格式", "there is no such format of time"),
    "crs_unknown": Words("没有这种坐标系", "there is no such system of coordinates"),
    "rally_point_unfit": Words("只可用 {township}", "only {township} will do"),
    "demand_unknown": Words("没有 [demands] 中的这个表", "there is no such table in [demands]"),
    "rule_says_nothing": Words("该规则没有作用", "this rule says nothing"),
    "pattern_broken": Words("不是正则表达式", "it is no regular expression"),
    "quantity_unknown": Words("没有这个数量", "there is no such quantity"),
    "kind_unknown": Words("没有这种需求类别", "there is no such kind"),
    "lines_missing": Words("没有需求项", "it has no lines"),
    "grade_unfit": Words(
        "分级技能须写等级，其他技能不写", "a graded skill needs a grade, no other has one"
    ),
    # A row
    "no_object": Words("不是一条记录", "it is no record"),
    "id_missing": Words("没有编号", "it has no id"),
    "id_twice": Words(
        "与前面一行编号相同，内容不同", "the id of a row before, with another content"
    ),
    "id_known": Words(
        "该编号已按另一内容或另一说明文件导入；请换一个数据目录",
        "imported before with other content or another profile; take another data folder",
    ),
    "time_missing": Words("没有时间", "it has no time"),
    "time_unreadable": Words("时间无法读取", "its time cannot be read"),
    "time_ambiguous": Words("夏令时换时，该时刻出现两次", "an hour that the clock had twice"),
    "time_skipped": Words("夏令时换时，没有该时刻", "an hour that the clock left out"),
    "place_missing": Words("没有地点", "it has no place"),
    "division_unknown": Words("没有这个地方", "there is no such place"),
    "division_ambiguous": Words("有几个同名的地方", "several places are called so"),
    "coordinate_missing": Words("没有坐标", "it has no coordinate"),
    "coordinate_unreadable": Words("坐标无法读取", "its coordinate cannot be read"),
    "null_island": Words("坐标为 0,0", "its coordinate is 0,0"),
    "out_of_range": Words("坐标超出范围", "its coordinate is not on Earth"),
    "outside_area": Words("坐标不在本辖区", "its coordinate lies outside the area"),
    "outside_township": Words("坐标不在所写乡镇", "its coordinate lies outside its township"),
    "lat_lon_swapped": Words("经纬度颠倒", "latitude and longitude are swapped"),
    "too_coarse": Words("坐标只有整度", "its coordinate has whole degrees only"),
    "shape_center": Words("以图形内一点为准", "a point inside its shape is taken"),
    "not_understood": Words("没有规则说明需要什么", "no rule says what is asked for"),
    "status_unknown": Words("状态不在说明文件中", "the profile does not name its status"),
    "text_invalid": Words("文字含有不可用的字符", "a text has characters that cannot be kept"),
    # A change
    "field_unmapped": Words("说明文件未使用该字段", "the profile does not use this field"),
    "change_broken": Words("变更记录缺少字段", "a logged change lacks a field"),
    "before_filing": Words("变更早于登记", "changed before it was filed"),
    "row_refused": Words("所属记录未导入", "its record was not taken in"),
    "row_doubled": Words("所属记录重复", "its record is a duplicate"),
    "known": Words("此前已导入", "taken in before"),
    # Flags
    "text_cut": Words("文字过长，已截断", "a text was too long and is cut"),
    "nearest_seat": Words("按最近的驻地判定乡镇", "its township is that of the nearest seat"),
    "by_coordinate": Words("按坐标判定乡镇", "its township is that of its coordinate"),
    "back_filled": Words("补记被跳过的步骤", "a skipped step was filled in"),
    "reopened": Words("状态回退，重新打开", "reopened where its status went back"),
    "taken_back": Words("自有力量撤回", "taken up, and given back"),
    "late": Words("晚于登记时间记入", "entered later than it was filed"),
    "false_report": Words("误报：发布后以不实关闭", "a false report: posted, closed as unfounded"),
    "public_crew": Words("仅由公共抢修力量处置", "what only a public crew can do"),
    "exercise": Words("演练", "an exercise"),
    "test": Words("测试", "a test"),
    "in_county": Words("只知县区", "known by its county alone"),
    "datum_converted": Words("坐标已换算", "its coordinate was converted"),
    "done_at_filing": Words("登记时已办结", "done when it was filed"),
}
