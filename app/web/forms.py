"""The root of every form: text that was sent as a form, with its proof of origin checked before."""

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict


class PlainForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A form that takes text only: neither JSON nor an uploaded file passes for what was typed."""

    class Meta:
        """The proof of origin is checked for every POST before a form is looked at."""

        csrf = False

        def wrap_formdata(self, form: FlaskForm, formdata: object) -> MultiDict[str, str] | None:
            """What the form was given; without a word about it, the fields of the POST."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form if request.method == "POST" and request.form else None
