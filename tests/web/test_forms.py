"""What a form takes: fields of a form, whatever else a request may carry."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from app.web.forms import PlainForm

POSTS = (
    "/zh/suggestions/new",
    "/zh/suggestions/send",
    "/en/track",
    "/en/track/suggestion/revise",
    "/en/staff/sign-in",
)


class Words(PlainForm):
    """A form with one field."""

    title = StringField()


def test_the_fields_of_a_post_are_what_was_typed(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"title": "路灯不亮"}):
        assert Words().title.data == "路灯不亮"


def test_a_form_reads_what_it_is_given_instead(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"title": "路灯不亮"}):
        assert Words(MultiDict({"title": "停车难"})).title.data == "停车难"
        assert Words(None).title.data is None


def test_a_page_that_is_only_read_fills_no_form(app: Flask) -> None:
    with app.test_request_context("/?title=路灯不亮"):
        assert Words().title.data is None


@pytest.mark.parametrize("body", ["{", "[1]", '{"title": 5, "text": ["\\ud800"]}'])
@pytest.mark.parametrize("address", POSTS)
def test_json_is_no_form(client: FlaskClient, address: str, body: str) -> None:
    answer = client.post(address, data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("name", ["title", "text", "number", "code"])
@pytest.mark.parametrize("address", POSTS)
def test_an_uploaded_file_is_no_text(client: FlaskClient, address: str, name: str) -> None:
    answer = client.post(address, data={name: (io.BytesIO(b"x"), "a.txt")})
    assert 400 <= answer.status_code < 500
