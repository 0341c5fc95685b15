"""The words of problems at the door: why a request was not even asked of the rules, and what to do.

Nothing that was sent is ever repeated: no value, no unknown name.
"""

from __future__ import annotations

from schemas.refusals import Message

PROBLEMS: dict[str, Message] = {
    "address_exists": Message(409, "此联系方式已登记。", "This address is here already."),
    "address_not_verified": Message(
        409,
        "此联系方式尚未验证，请先验证，再登记同意。",
        "This address is not verified; verify it first, then enter what was agreed to.",
    ),
    "address_stopped": Message(
        409,
        "此号码已回复退订，须用新的验证码验证。",
        "This number has answered with T; only a new code verifies it.",
    ),
    "authenticator_wrong": Message(
        409,
        "动态验证码不正确；请核对手机时间，输入当前显示的 6 位数字。",
        "This is not the code; look at the clock of your telephone, and type what it shows now.",
    ),
    "blank": Message(422, "此项不能为空白。", "This text must not be blank."),
    "body_missing": Message(422, "请求没有内容。", "The request has no body."),
    "body_not_object": Message(
        422, "请求内容须是一个 JSON 对象。", "The body must be one JSON object."
    ),
    "body_slow": Message(
        408, "请求内容传输过慢，请重试。", "The body took too long to arrive; send it again."
    ),
    "body_too_large": Message(
        413, "请求内容超过 64 KiB，请分开提交。", "The body is over 64 KiB; send it in parts."
    ),
    "code_over": Message(
        409,
        "验证码已失效（已用过、超过 10 分钟或输错 5 次），请重新发送。",
        "This code is good no longer: used, older than 10 minutes, or wrong five times; "
        "send another.",
    ),
    "code_wrong": Message(409, "验证码不正确，请核对后重输。", "This is not the code; look again."),
    "consent_text_other": Message(
        409,
        "同意书已更新，请重新打开页面，阅读后再确认。",
        "The words that are agreed to are others by now; load the page and read them.",
    ),
    "content_encoding": Message(
        415, "不接受压缩的请求内容。", "Compressed bodies are not taken; send it plain."
    ),
    "content_type": Message(
        415, "内容类型须为 application/json。", "The content type must be application/json."
    ),
    "crs_missing": Message(
        422,
        "坐标须注明坐标系 crs。",
        "Coordinates must say their reference system in crs.",
    ),
    "crs_unsupported": Message(
        422,
        "坐标系须为 WGS-84 或 CGCS2000；不接受 GCJ-02、BD-09 和投影坐标。",
        "The reference system must be WGS-84 or CGCS2000; "
        "GCJ-02, BD-09 and projected coordinates are not taken.",
    ),
    "defect": Message(
        500,
        "系统出现缺陷，此请求未执行，已记录；可用同一编号重发。",
        "A defect in this program; nothing was carried out and it is on record. "
        "The same key may be sent again.",
    ),
    "division_outside_area": Message(
        422,
        "该区划不在本指挥区内。",
        "This division lies outside this server's command area.",
    ),
    "duplicate_key": Message(
        400, "JSON 对象中有重复的键。", "A JSON object has the same name twice."
    ),
    "encoding": Message(
        400,
        "请求内容须为不带 BOM 的 UTF-8 编码。",
        "The body must be UTF-8 without a byte order mark.",
    ),
    "field_missing": Message(422, "缺少必填项。", "A required field is missing."),
    "form_invalid": Message(
        400,
        "表单内容不完整，请返回重新填写。",
        "This form did not arrive as it was sent; go back and fill it in again.",
    ),
    "format_invalid": Message(422, "此项格式不符。", "This field has another format."),
    "header_repeated": Message(
        400, "同一请求头出现多次。", "A header that may come once came twice."
    ),
    "headers_too_large": Message(431, "请求头过大。", "The headers are too large."),
    "host_foreign": Message(
        421,
        "此服务器不使用该域名；请用登录链接中的网址打开，或由管理员用 --names 登记此域名。",
        "This server does not go by this name; open the address of your sign-in link, "
        "or have the name listed with --names.",
    ),
    "json_invalid": Message(400, "请求内容不是有效的 JSON。", "The body is not valid JSON."),
    "key_invalid": Message(
        400,
        "Idempotency-Key 须为 1 至 64 位字母、数字、- 或 _。",
        "Idempotency-Key has 1 to 64 characters of A-Z, a-z, 0-9, - and _.",
    ),
    "key_missing": Message(
        400,
        "缺少请求头 Idempotency-Key。",
        "The header Idempotency-Key is missing; every POST carries one.",
    ),
    "key_reused": Message(
        422,
        "该编号已用于另一请求，请换新编号。",
        "This key was used for another request; take a new one.",
    ),
    "key_used_up": Message(
        409,
        "该编号已用过，此类内容只显示一次；请换新编号再发。",
        "What this key was for is shown once; send it again with a new key.",
    ),
    "lat_lon_swapped": Message(
        422,
        "经度和纬度似乎写反了，请对调。",
        "Longitude and latitude look swapped; exchange them.",
    ),
    "link_expired": Message(
        401, "登录链接已过期，请索取新链接。", "This link has expired; ask for a new one."
    ),
    "link_reason_missing": Message(
        422,
        "该账户正在登录中；补发链接须说明原因，并会记录在案、告知本人。",
        "Somebody is signed in to this account: say why another link is made. It is on record, and "
        "its owner is told.",
    ),
    "link_waits": Message(
        403,
        "您登录所用的链接尚待确认：可以照常值守，但不能授权、签发链接、代为确认、"
        "结束他人或其他设备的登录、设置密码。请本人在原设备上，或由第二人确认该链接。",
        "The link that you came in by waits to be confirmed: you do your work, but give no role, "
        "make no link, confirm nothing, sign nobody else out and set no password. Its owner on "
        "another device, or a second person, confirms it.",
    ),
    "link_unknown": Message(
        401, "登录链接无效，请索取新链接。", "This link is not valid; ask for a new one."
    ),
    "link_used": Message(
        401,
        "登录链接已使用过，请索取新链接。",
        "This link has been used already; ask for a new one.",
    ),
    "log_moved": Message(
        503,
        "日志已迁往别处，请求未执行；请在新址用同一编号重发。",
        "The log has been moved and nothing was carried out; send it again at the new place, "
        "under the same key.",
    ),
    "method_not_allowed": Message(
        405, "此地址不支持该方法。", "This address does not take this method."
    ),
    "newer_schema": Message(
        503,
        "后台程序版本较旧，请求未执行；请在其升级后用同一编号重发。",
        "The programs behind this server are older than it and nothing was carried out; "
        "send it again once they are upgraded, under the same key.",
    ),
    "null_island": Message(
        422,
        "坐标 (0, 0) 不是真实位置，请重新选点。",
        "The point (0, 0) is no real place; choose it again.",
    ),
    "number_not_finite": Message(
        422, "数字须为有限值。", "Numbers must be finite: no NaN, no infinity."
    ),
    "number_not_mobile": Message(
        422,
        "须为中国大陆手机号；座机和 400 号码只能拨打，不能收短信。",
        "This must be a mainland mobile number; landlines and 400 numbers can be called, "
        "and take no messages.",
    ),
    "organization_or_division": Message(
        422,
        "须给出社会组织或区划，二者只能取一。",
        "Name an organization or a division: one of them, not both.",
    ),
    "origin_foreign": Message(
        403,
        "请求来自其他网站，已拒绝。",
        "The request comes from another site and is not carried out.",
    ),
    "out_of_range": Message(422, "数值超出允许范围。", "The number is out of range."),
    "outside_area": Message(
        422, "该点不在本指挥区附近。", "This point is nowhere near this server's command area."
    ),
    "outside_township": Message(
        422,
        "该点不在所选乡镇内（在另一乡镇，或离其驻地太远），请核对位置或区划。",
        "This point does not lie in that township: it is in another one, or too far from its seat. "
        "Check the point or the division.",
    ),
    "overloaded": Message(
        503,
        "系统正忙，请求未执行；请稍候用同一编号重发，页面会自动重试。",
        "Too much is under way and nothing was carried out; send it again under the same key "
        "after the time in Retry-After. The pages do so by themselves.",
    ),
    "place_twofold": Message(
        422,
        "位置只能是一个点或一个多边形。",
        "A place is a point or a ring, not both.",
    ),
    "password_set": Message(
        409,
        "您已设置密码；如需更换，请先停用。",
        "You have a password already; end it to set another.",
    ),
    "password_weak": Message(
        422,
        "密码过于简单：至少 10 个字符，其中至少 5 个不同，且不含登录名。",
        "At least 10 characters, 5 of them different, and not your sign-in name.",
    ),
    "password_wrong": Message(409, "密码或动态验证码不正确。", "Password or code is not right."),
    "precondition_invalid": Message(
        400,
        "If-Match 须为带双引号的版本号。",
        'If-Match must be one revision in quotation marks, such as "3".',
    ),
    "precondition_missing": Message(
        428,
        "缺少请求头 If-Match，请先读取当前版本。",
        "The header If-Match is missing; load the present revision first.",
    ),
    "query_too_long": Message(414, "地址过长。", "The address is too long."),
    "quota_used_up": Message(
        429,
        "该账户操作过于频繁，请求未执行；请稍候用同一编号重发，页面会自动重试。",
        "This account has asked for too much in a short while and nothing was carried out; send it "
        "again under the same key after the time in Retry-After. The pages do so by themselves.",
    ),
    "request_invalid": Message(
        400, "请求不符合 HTTP 协议。", "This is not a request as HTTP has it."
    ),
    "resume_lost": Message(
        410,
        "断开期间的更新已不可续传，请重新加载页面数据。",
        "What happened meanwhile can no longer be resumed; load the board again.",
    ),
    "role_ambiguous": Message(
        400,
        "同时登录了多个角色，请用 Shouwang-Role 说明。",
        "Several roles are signed in here; name one in the header Shouwang-Role.",
    ),
    "selection_changed": Message(
        409,
        "查找结果已有变化，未作任何处理；请重新查看后再执行。",
        "What was found has changed meanwhile and nothing was done; look again, then go on.",
    ),
    "selection_empty": Message(
        409,
        "没有可处理的内容；请放宽查找条件。",
        "Nothing that could be dealt with was found; ask for more.",
    ),
    "session_ended": Message(401, "登录已结束，请重新登录。", "Your session has ended; sign in."),
    "session_missing": Message(401, "请先登录。", "Sign in first."),
    "shape_invalid": Message(
        422,
        "多边形无效：须有 3 至 1000 个顶点且边不相交。",
        "The ring is not valid: 3 to 1,000 corners, and no side crosses another.",
    ),
    "sign_in_busy": Message(
        503,
        "登录的人太多，请稍候再试；也可用登录链接登录。",
        "Too many are signing in by password; try again shortly, or use a link.",
    ),
    "sign_in_name_taken": Message(
        409, "此登录名已有人使用，请换一个。", "This sign-in name is taken; choose another."
    ),
    "sign_in_throttled": Message(
        429,
        "登录失败次数过多，请稍候再试；也可用登录链接登录。",
        "Too many failed sign-ins; wait a little, or use a link.",
    ),
    "sign_in_wrong": Message(
        401,
        "登录名、密码或动态验证码不正确。",
        "Name, password or code is not right.",
    ),
    "stopping": Message(
        503, "系统正在重启，请稍后重发。", "The server is stopping; send it again shortly."
    ),
    "storage_full": Message(
        507,
        "存储空间已满，请求未执行；请改用纸质表格，腾出空间后可重发。",
        "The disk is full and nothing was carried out; use the paper sheet, "
        "and send it again when there is space.",
    ),
    "tapped_at_invalid": Message(
        400,
        "Shouwang-Tapped-At 须为毫秒时间戳。",
        "Shouwang-Tapped-At must be milliseconds since 1970.",
    ),
    "streams_too_many": Message(
        429,
        "该账户已打开 8 个实时页面，请关闭其中一些。",
        "This account has 8 live pages open already; close some of them.",
    ),
    "text_invalid": Message(
        422,
        "文本含有不允许的字符（控制符、双向控制符或不完整的字符）。",
        "The text holds characters that are not allowed: "
        "control, direction-changing, invisible or broken ones.",
    ),
    "too_coarse": Message(
        422,
        "坐标精度不足，请给出小数位。",
        "Whole degrees are too coarse; give decimals.",
    ),
    "too_deep": Message(400, "JSON 嵌套过深。", "The JSON is nested too deep."),
    "too_few": Message(422, "项目过少。", "The list has too few entries."),
    "too_long": Message(422, "文本过长。", "The text is too long."),
    "too_many": Message(422, "项目过多。", "The list has too many entries."),
    "type_wrong": Message(422, "此项类型不符。", "This field is of another type."),
    "unavailable": Message(
        503, "暂时无法处理，请稍后重发。", "Not possible just now; send it again shortly."
    ),
    "unknown_field": Message(
        422, "含有未知字段。", "There is a field here that this door does not know."
    ),
    "verification_too_soon": Message(
        429,
        "发送验证码过于频繁："
        "每个号码或地址每分钟 1 次、每天 10 次，每个账户每天 30 次；请稍候再试。",
        "One code a minute and ten a day go to one number or address, and thirty a day are sent "
        "for one account; wait a little.",
    ),
}
"""What the doors themselves answer; what the rules answer is in `schemas.refusals`."""
