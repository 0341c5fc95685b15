"""Signatures against examples that others have computed: the providers' own pages, and OpenSSL."""

from __future__ import annotations

import base64
import json

from api.reach.channels import signing

# Aliyun, "V3 request structure and signature": its example of RunInstances.
ALIYUN_SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
# Tencent Cloud, "Signature v3": its example of DescribeInstances, without and with the action.
TENCENT_SIGNATURE = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
TENCENT_SIGNATURE_ACTION = "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
TENCENT_BODY = {"Limit": 1, "Filters": [{"Values": ["未命名"], "Name": "instance-name"}]}


def test_aliyun_signs_as_its_own_example() -> None:
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    headers = signing.acs3_headers(
        "ecs.cn-shanghai.aliyuncs.com",
        "RunInstances",
        "2014-05-26",
        1_698_315_752.0,
        "3156853299f313e23d1673dc12e1703d",
    )
    assert headers["x-acs-date"] == "2023-10-26T10:22:32Z"
    told = signing.acs3("YourAccessKeyId", "YourAccessKeySecret", query, headers)
    assert told == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        f"Signature={ALIYUN_SIGNATURE}"
    )


def tencent(secret: str, **more: str) -> str:
    headers = {
        "content-type": "application/json; charset=utf-8",
        "host": "cvm.tencentcloudapi.com",
        **more,
    }
    body = json.dumps(TENCENT_BODY)
    return signing.tc3(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secret, "cvm", 1551113065, headers, body
    )


def test_tencent_signs_as_its_own_examples() -> None:
    first = tencent("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
    assert first.endswith(f"SignedHeaders=content-type;host, Signature={TENCENT_SIGNATURE}")
    second = tencent("*" * 32, **{"x-tc-action": "DescribeInstances"})
    assert second.endswith(f"x-tc-action, Signature={TENCENT_SIGNATURE_ACTION}")
    assert "/2019-02-25/cvm/tc3_request, " in second


def test_webhooks_are_signed_as_the_examples_of_the_standard() -> None:
    key = signing.webhook_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert key is not None
    signed = signing.webhook(
        key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_that_is_no_base64_is_no_key() -> None:
    assert signing.webhook_key("whsec_secret!") is None
    assert signing.webhook_key("whsec_") is None
    assert signing.webhook_key("密钥") is None


def test_robots_sign_as_openssl_does() -> None:
    """DingTalk: `openssl dgst -sha256 -hmac SECRET` over both; Feishu: both are the key."""
    dingtalk = signing.dingtalk("SECsecret", 1_700_000_000_000)
    assert dingtalk == "0QWYb8Ux63Sm4BhHaJNL3lv5mqW1sLFoks7vu+HFFi4="
    feishu = signing.feishu("SECsecret", 1_700_000_000)
    assert feishu == "nf8qXYDct5R8V0YnauPWm9vbZFHplIurhxxtAjd5AZw="
    assert len(base64.b64decode(feishu)) == 32
