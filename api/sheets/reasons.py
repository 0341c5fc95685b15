"""Why a file or a row is not taken, in words; what the doors refuse has theirs."""

from __future__ import annotations

from typing import Final

from schemas.codes import Words

REASONS: Final[dict[str, Words]] = {
    "file_too_large": Words("文件过大", "the file is too large"),
    "too_many_rows": Words("行数过多，请分成几个文件", "too many rows; use several files"),
    "cell_far": Words(
        "表格之外很远处有单元格（多为误触）：请删除表格下方、右侧的多余行列后再导入",
        "a cell far outside the table, touched by accident as a rule: delete the rows below and "
        "the columns beside the table, then import again",
    ),
    "old_workbook": Words(
        "这是旧的 .xls 格式，请另存为 .xlsx 或 .csv", "an old .xls; save it as .xlsx or .csv"
    ),
    "workbook_broken": Words("工作簿无法打开", "the workbook cannot be opened"),
    "cells_merged": Words(
        "有合并的单元格，请取消合并", "cells are merged; split them in the spreadsheet"
    ),
    "table_empty": Words("没有内容", "there is nothing in it"),
    "csv_broken": Words("CSV 格式有误", "broken CSV"),
    "encoding_wrong": Words("不是这种编码", "it is not in this encoding"),
    "encoding_guessed": Words(
        "不是 UTF-8，可能是 GB18030；核对试运行的内容后加 --encoding gb18030 确认",
        "not UTF-8, perhaps GB18030; look at a dry run, then say so with --encoding gb18030",
    ),
    "columns_missing": Words("缺少必需的列", "columns are missing"),
    "column_twice": Words("同一列出现两次", "a column stands there twice"),
    "cells_beyond": Words("单元格比标题多", "more cells than heads"),
    "required": Words("必填", "has to be filled in"),
    "number_rounded": Words(
        "号码已被表格软件改成近似数，请改为文本格式后重新填写",
        "rounded by the spreadsheet program; format the cell as text and type it again",
    ),
    "formula": Words("是公式，请填写数值", "a formula; type its value"),
    "cell_error": Words("是错误值", "an error value"),
    "number_unreadable": Words("不是数量", "not a whole number"),
    "coordinate_unreadable": Words("不是以度为单位的坐标", "not a coordinate in degrees"),
    "coordinate_half": Words(
        "经度、纬度、坐标系须同时填写", "longitude, latitude and CRS come together"
    ),
    "yes_or_no": Words("请填“是”或“否”", "yes or no"),
    "day_unreadable": Words("不是日期（年-月-日）", "not a day (year-month-day)"),
    "class_unknown": Words("类别应为登记、备案或村级指导", "registered, filed or village-guided"),
    "skill_unknown": Words(
        "没有这项技能，名称见 docs/codes.md", "there is no such skill; docs/codes.md names them"
    ),
    "skill_twice": Words("同一技能写了两次", "a skill stands there twice"),
    "skills_unreadable": Words(
        "应写作“抽水排涝 2；舟艇驾驶 1”", "written as “PUMP_DRAIN 2; BOAT_OPERATE 1”"
    ),
    "certificate_unreadable": Words(
        "应写作“技能|等级|标准|发证机关|编号|有效期至”",
        "written as “skill|grade|standard|issuer|number|valid through”",
    ),
    "grade_unknown": Words("等级应为 1、2 或 3", "the grade is 1, 2 or 3"),
    "person_half": Words("联系人和电话须同时填写", "a person and their telephone come together"),
    "home_unknown": Words("没有这个地方", "there is no such place"),
    "home_ambiguous": Words("有几个同名的地方，请写明", "several places are called so; say which"),
    "id_unknown": Words("没有这个编号的组织", "no organization has this id"),
    "row_twice": Words("与前面一行是同一组织", "the same organization as a row before"),
    "ambiguous": Words(
        "信用代码与名称指向两个已登记的组织", "its code and its name are two organizations'"
    ),
}
