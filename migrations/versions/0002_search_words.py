"""Words that staff teach the search, and counts of what was asked."""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('glossary_pair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('words_zh', sa.JSON(), nullable=False),
    sa.Column('words_en', sa.JSON(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['staff_member.id'], name=op.f('fk_glossary_pair_added_by_id_staff_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_glossary_pair'))
    )
    op.create_table('user_word',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['staff_member.id'], name=op.f('fk_user_word_added_by_id_staff_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_word')),
    sa.UniqueConstraint('word', name=op.f('uq_user_word_word'))
    )
    op.create_table('query_count',
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('text', sa.String(length=60), nullable=False),
    sa.Column('language', sa.Enum('zh', 'en', name='language', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('searches', sa.Integer(), nullable=False),
    sa.Column('without_results', sa.Integer(), nullable=False),
    sa.CheckConstraint('without_results >= 0 AND without_results <= searches', name=op.f('ck_query_count_counts_in_order')),
    sa.PrimaryKeyConstraint('week', 'text', name=op.f('pk_query_count'))
    )


def downgrade() -> None:
    op.drop_table('query_count')
    op.drop_table('user_word')
    op.drop_table('glossary_pair')
