"""The outbox of the search index."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Key, stored_enum
from app.vocabulary import DocumentType


class IndexJob(Base):
    """ "This document's index entry is out of date", written with the change itself."""

    __tablename__ = "index_job"

    id: Mapped[Key]
    document_type: Mapped[DocumentType] = mapped_column(stored_enum(DocumentType, "document_type"))
    document_id: Mapped[int]
    enqueued_at: Mapped[datetime]
