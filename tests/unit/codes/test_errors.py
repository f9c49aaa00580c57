"""The base error keeps its text and its parameters apart, so that another floor can translate it."""

from zhunsheng.codes.errors import N_, ZhunshengError


def test_an_error_keeps_message_and_parameters_and_reads_as_both() -> None:
    error = ZhunshengError(N_("第 %(row)s 行"), row=7)
    assert (error.msgid, error.params) == ("第 %(row)s 行", {"row": 7})
    assert str(error) == "第 7 行"
    assert error.exit_code == 2


def test_a_text_without_parameters_may_hold_a_percent_sign() -> None:
    assert str(ZhunshengError("占比 100%")) == "占比 100%"


def test_an_error_without_parameters_may_speak_of_percent() -> None:
    assert ZhunshengError("只印了 50%").said() == "只印了 50%"


def test_an_error_is_translated_before_it_is_filled_in() -> None:
    english = {"第 %(row)s 行": "row %(row)s"}
    assert ZhunshengError("第 %(row)s 行", row=7).said(english.__getitem__) == "row 7"
