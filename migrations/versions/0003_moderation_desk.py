"""The desk: claims, pauses, flags, appeals, matters, answers, second looks, a log nobody can change."""

from alembic import op
import sqlalchemy as sa


revision = '0003'
down_revision = '0002'

OLD_ACTIONS = ('publish', 'return', 'decline', 'retag', 'revise', 'withdraw', 'reopen')
NEW_ACTIONS = (
    'publish', 'return', 'decline', 'spam', 'keep', 'retag', 'reclassify', 'forward', 'revise',
    'appeal', 'withdraw', 'reopen', 'undo',
)
STATES = ('pending', 'returned', 'published', 'declined', 'withdrawn')
CAUSES = ('new', 'revised', 'reported', 'appealed', 'low_rating')

OLD_DECISION = (
    'id', 'suggestion_id', 'staff_id', 'action', 'from_state', 'to_state', 'reason_code', 'note',
    'detail', 'version_after', 'decided_at',
)
OLD_REASON = (
    'code', 'action', 'position', 'label_zh', 'label_en', 'explain_zh', 'explain_en',
)


def upgrade() -> None:
    _remake_reason_code(NEW_ACTIONS, is_new=True)
    _remake_decision(NEW_ACTIONS, is_new=True)
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('act', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('previous_digest', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_member.id'], name=op.f('fk_audit_entry_staff_id_staff_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('digest', name=op.f('uq_audit_entry_digest'))
    )
    op.create_table('insult_word',
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('language', sa.Enum('zh', 'en', name='language', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['staff_member.id'], name=op.f('fk_insult_word_added_by_id_staff_member')),
    sa.PrimaryKeyConstraint('word', name=op.f('pk_insult_word'))
    )
    op.create_table('matter_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('action', sa.Enum('merge', 'split', 'move', 'undo', name='action', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_member.id'], name=op.f('fk_matter_change_staff_id_staff_member')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['matter_change.id'], name=op.f('fk_matter_change_undone_by_id_matter_change')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_matter_change'))
    )
    op.create_index(op.f('ix_matter_change_undone_by_id'), 'matter_change', ['undone_by_id'], unique=False)
    op.create_table('saved_filter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('query', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_member.id'], name=op.f('fk_saved_filter_staff_id_staff_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filter')),
    sa.UniqueConstraint('staff_id', 'name', name=op.f('uq_saved_filter_staff_id_name'))
    )
    op.create_table('working_day_rule',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('is_working_day', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('set_by_id', sa.Integer(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['set_by_id'], ['staff_member.id'], name=op.f('fk_working_day_rule_set_by_id_staff_member')),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_working_day_rule'))
    )
    op.create_table('answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(length=64), nullable=True),
    sa.Column('language', sa.Enum('zh', 'en', name='language', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Enum('adopted', 'partly', 'reference', 'not_adopted', name='outcome', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status', sa.Enum('draft', 'reviewed', 'published', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('drafted_by_id', sa.Integer(), nullable=False),
    sa.Column('drafted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewed_by_id', sa.Integer(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('publish_on', sa.Date(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name=op.f('ck_answer_dated')),
    sa.CheckConstraint("status = 'draft' OR reviewed_by_id IS NOT NULL", name=op.f('ck_answer_reviewed')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['staff_member.id'], name=op.f('fk_answer_drafted_by_id_staff_member')),
    sa.ForeignKeyConstraint(['reviewed_by_id'], ['staff_member.id'], name=op.f('fk_answer_reviewed_by_id_staff_member')),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_answer_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_code'], ['unit.code'], name=op.f('fk_answer_unit_code_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer'))
    )
    op.create_index(op.f('ix_answer_suggestion_id'), 'answer', ['suggestion_id'], unique=False)
    op.create_table('assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.String(length=64), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_member.id'], name=op.f('fk_assignment_staff_id_staff_member')),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_assignment_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_code'], ['unit.code'], name=op.f('fk_assignment_unit_code_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment'))
    )
    op.create_index(op.f('ix_assignment_suggestion_id'), 'assignment', ['suggestion_id'], unique=False)
    op.create_table('claim',
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_member.id'], name=op.f('fk_claim_staff_id_staff_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_claim_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('suggestion_id', name=op.f('pk_claim'))
    )
    op.create_index(op.f('ix_claim_expires_at'), 'claim', ['expires_at'], unique=False)
    op.create_table('flag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('source', sa.Enum('machine', 'person', name='source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.Column('raised_by_id', sa.Integer(), nullable=True),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lifted_by_id', sa.Integer(), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['staff_member.id'], name=op.f('fk_flag_lifted_by_id_staff_member')),
    sa.ForeignKeyConstraint(['raised_by_id'], ['staff_member.id'], name=op.f('fk_flag_raised_by_id_staff_member')),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_flag_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag'))
    )
    op.create_index('ix_flag_open', 'flag', ['code', 'lifted_at'], unique=False)
    op.create_index(op.f('ix_flag_suggestion_id'), 'flag', ['suggestion_id'], unique=False)
    op.create_table('follow_up',
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('ask_on', sa.Date(), nullable=False),
    sa.Column('has_helped', sa.Boolean(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_follow_up_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('suggestion_id', name=op.f('pk_follow_up'))
    )
    op.create_index(op.f('ix_follow_up_ask_on'), 'follow_up', ['ask_on'], unique=False)
    op.create_table('matter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['suggestion.id'], name=op.f('fk_matter_lead_id_suggestion')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_matter'))
    )
    op.create_index(op.f('ix_matter_lead_id'), 'matter', ['lead_id'], unique=False)
    op.create_table('pause',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= started_at', name=op.f('ck_pause_ends_after_start')),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_pause_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pause'))
    )
    op.create_index(op.f('ix_pause_suggestion_id'), 'pause', ['suggestion_id'], unique=False)
    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('person_key', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=64), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_report_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('suggestion_id', 'person_key', name=op.f('uq_report_suggestion_id_person_key'))
    )
    op.create_table('answer_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('reason_code', sa.String(length=64), nullable=True),
    sa.Column('text_zh', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['plan_item.id'], name=op.f('fk_answer_template_item_id_plan_item'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reason_code'], ['reason_code.code'], name=op.f('fk_answer_template_reason_code_reason_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_template'))
    )
    op.create_index(op.f('ix_answer_template_item_id'), 'answer_template', ['item_id'], unique=False)
    op.create_table('appeal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=1000), nullable=False),
    sa.Column('lodged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_by_decision_id', sa.Integer(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_appeal_decision_id_decision')),
    sa.ForeignKeyConstraint(['settled_by_decision_id'], ['decision.id'], name=op.f('fk_appeal_settled_by_decision_id_decision')),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_appeal_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal')),
    sa.UniqueConstraint('suggestion_id', name=op.f('uq_appeal_suggestion_id'))
    )
    op.create_index(op.f('ix_appeal_settled_by_decision_id'), 'appeal', ['settled_by_decision_id'], unique=False)
    op.create_index(op.f('ix_appeal_decision_id'), 'appeal', ['decision_id'], unique=False)
    op.create_table('matter_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('matter_id', sa.Integer(), nullable=False),
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_matter_member_matter_id_matter')),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_matter_member_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_matter_member'))
    )
    op.create_index(op.f('ix_matter_member_matter_id'), 'matter_member', ['matter_id'], unique=False)
    op.create_index(op.f('ix_matter_member_suggestion_id'), 'matter_member', ['suggestion_id'], unique=False)
    op.create_index('uq_matter_member_present', 'matter_member', ['suggestion_id'], unique=True, sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))
    op.create_table('rating',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('attitude', sa.Integer(), nullable=False),
    sa.Column('result', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('rated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('attitude BETWEEN 1 AND 5 AND result BETWEEN 1 AND 5', name=op.f('ck_rating_five_grades')),
    sa.ForeignKeyConstraint(['answer_id'], ['answer.id'], name=op.f('fk_rating_answer_id_answer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rating')),
    sa.UniqueConstraint('answer_id', name=op.f('uq_rating_answer_id'))
    )
    op.create_table('second_look',
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.Enum('publish', 'return', 'decline', 'spam', 'keep', 'retag', 'reclassify', 'forward', 'revise', 'appeal', 'withdraw', 'reopen', 'undo', name='action', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('reason_code', sa.String(length=64), nullable=True),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_second_look_decision_id_decision'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reason_code'], ['reason_code.code'], name=op.f('fk_second_look_reason_code_reason_code')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_member.id'], name=op.f('fk_second_look_staff_id_staff_member')),
    sa.PrimaryKeyConstraint('decision_id', name=op.f('pk_second_look'))
    )
    op.add_column(
        'staff_member',
        sa.Column('wants_digest', sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        'staff_member',
        sa.Column('has_shortcuts', sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column('suggestion', sa.Column('original_sealed', sa.Text(), nullable=True))
    # Constraints inside the column, as SQLite adds none to a table that is there.
    causes = ', '.join(f"'{cause}'" for cause in CAUSES)
    op.execute(
        'ALTER TABLE suggestion ADD COLUMN review_cause VARCHAR(24) '
        f'CONSTRAINT ck_suggestion_review_cause CHECK (review_cause IN ({causes}))'
    )
    op.execute(
        "UPDATE suggestion SET review_cause = CASE WHEN EXISTS (SELECT 1 FROM decision "
        "WHERE decision.suggestion_id = suggestion.id AND decision.action = 'revise') "
        "THEN 'revised' ELSE 'new' END WHERE review_state = 'pending'"
    )
    op.drop_index('ix_suggestion_queue', 'suggestion')
    op.create_index(
        'ix_suggestion_queue',
        'suggestion',
        ['review_cause', 'due_on', 'priority', 'submitted_at', 'id'],
    )
    op.create_index(
        'ix_suggestion_queue_district', 'suggestion', ['review_cause', 'district_code']
    )
    _make_append_only()


def downgrade() -> None:
    _drop_append_only()
    op.drop_index('ix_suggestion_queue_district', 'suggestion')
    op.drop_index('ix_suggestion_queue', 'suggestion')
    op.create_index(
        'ix_suggestion_queue', 'suggestion', ['review_state', 'due_on', 'priority', 'id']
    )
    for table in (
        'second_look',
        'rating',
        'matter_member',
        'appeal',
        'answer_template',
        'report',
        'pause',
        'matter',
        'follow_up',
        'flag',
        'claim',
        'assignment',
        'answer',
        'working_day_rule',
        'saved_filter',
        'matter_change',
        'insult_word',
        'audit_entry',
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == 'sqlite':
        with op.batch_alter_table('suggestion', recreate='never') as suggestion:
            suggestion.drop_column('review_cause')
    else:
        op.drop_column('suggestion', 'review_cause')
    op.drop_column('suggestion', 'original_sealed')
    op.drop_column('staff_member', 'has_shortcuts')
    op.drop_column('staff_member', 'wants_digest')
    # What the older version has no word for is nearest to these.
    op.execute("UPDATE decision SET action = 'decline' WHERE action = 'spam'")
    op.execute(
        "DELETE FROM decision WHERE action IN ('keep', 'reclassify', 'forward', 'appeal', 'undo')"
    )
    _remake_decision(OLD_ACTIONS, is_new=False)
    _remake_reason_code(OLD_ACTIONS, is_new=False)


def _remake_reason_code(actions: tuple[str, ...], *, is_new: bool) -> None:
    """Widen or narrow what the check allows; SQLite cannot change a check, so a table is made."""
    if op.get_bind().dialect.name != 'sqlite':
        _change_check('reason_code', 'ck_reason_code_action', _one_of('action', actions))
        if is_new:
            for column in _new_reason_columns():
                op.add_column('reason_code', column)
        else:
            op.drop_column('reason_code', 'version')
            op.drop_column('reason_code', 'is_active')
        return
    op.create_table('reason_code_next',
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('action', sa.String(length=24), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label_zh', sa.String(length=200), nullable=False),
    sa.Column('label_en', sa.String(length=200), nullable=False),
    sa.Column('explain_zh', sa.Text(), nullable=False),
    sa.Column('explain_en', sa.Text(), nullable=False),
    *(_new_reason_columns() if is_new else ()),
    sa.CheckConstraint(_one_of('action', actions), name=op.f('ck_reason_code_action')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_reason_code'))
    )
    _move('reason_code', OLD_REASON)


def _new_reason_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column('is_active', sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column('version', sa.Integer(), nullable=False, server_default='1'),
    )


def _remake_decision(actions: tuple[str, ...], *, is_new: bool) -> None:
    needing = "('return', 'decline', 'spam')" if is_new else "('return', 'decline')"
    reason_given = f"action NOT IN {needing} OR reason_code IS NOT NULL"
    if op.get_bind().dialect.name != 'sqlite':
        _change_check('decision', 'ck_decision_action', _one_of('action', actions))
        _change_check('decision', 'ck_decision_reason_given', reason_given)
        if is_new:
            for column in _new_decision_columns():
                op.add_column('decision', column)
            op.create_unique_constraint(op.f('uq_decision_undoes_id'), 'decision', ['undoes_id'])
            op.create_foreign_key(
                op.f('fk_decision_undoes_id_decision'), 'decision', 'decision',
                ['undoes_id'], ['id'],
            )
        else:
            op.drop_column('decision', 'undoes_id')
            op.drop_column('decision', 'before')
        return
    op.create_table('decision_next',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('suggestion_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(length=24), nullable=False),
    sa.Column('from_state', sa.String(length=24), nullable=False),
    sa.Column('to_state', sa.String(length=24), nullable=False),
    sa.Column('reason_code', sa.String(length=64), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('version_after', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    *(_new_decision_columns() if is_new else ()),
    sa.CheckConstraint(_one_of('action', actions), name=op.f('ck_decision_action')),
    sa.CheckConstraint(_one_of('from_state', STATES), name=op.f('ck_decision_from_state')),
    sa.CheckConstraint(_one_of('to_state', STATES), name=op.f('ck_decision_to_state')),
    sa.CheckConstraint(reason_given, name=op.f('ck_decision_reason_given')),
    *(_new_decision_constraints() if is_new else ()),
    sa.ForeignKeyConstraint(['reason_code'], ['reason_code.code'], name=op.f('fk_decision_reason_code_reason_code')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff_member.id'], name=op.f('fk_decision_staff_id_staff_member')),
    sa.ForeignKeyConstraint(['suggestion_id'], ['suggestion.id'], name=op.f('fk_decision_suggestion_id_suggestion'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision'))
    )
    _move('decision', OLD_DECISION)
    op.create_index(op.f('ix_decision_suggestion_id'), 'decision', ['suggestion_id'])


def _new_decision_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column('before', sa.JSON(), nullable=True),
        sa.Column('undoes_id', sa.Integer(), nullable=True),
    )


def _new_decision_constraints() -> tuple[sa.Constraint, ...]:
    return (
        sa.UniqueConstraint('undoes_id', name=op.f('uq_decision_undoes_id')),
        sa.ForeignKeyConstraint(
            ['undoes_id'], ['decision_next.id'], name=op.f('fk_decision_undoes_id_decision')
        ),
    )


def _change_check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(name), table, type_='check')
    op.create_check_constraint(op.f(name), table, condition)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _move(table: str, columns: tuple[str, ...]) -> None:
    """Put the table made as `…_next` in place of the old one, with its rows."""
    names = ', '.join(columns)
    op.execute(f'INSERT INTO {table}_next ({names}) SELECT {names} FROM {table}')
    op.drop_table(table)
    op.rename_table(f'{table}_next', table)


def _make_append_only() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for act in ('update', 'delete'):
            op.execute(
                f'CREATE TRIGGER audit_entry_refuses_{act} BEFORE {act} ON audit_entry '
                "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
            )
        return
    op.execute(
        'CREATE OR REPLACE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS '
        "$$BEGIN RAISE EXCEPTION 'the log is append-only'; END$$"
    )
    op.execute(
        'CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE '
        'ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()'
    )


def _drop_append_only() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for act in ('update', 'delete'):
            op.execute(f'DROP TRIGGER audit_entry_refuses_{act}')
        return
    op.execute('DROP TRIGGER audit_entry_append_only ON audit_entry')
    op.execute('DROP FUNCTION refuse_log_change()')
