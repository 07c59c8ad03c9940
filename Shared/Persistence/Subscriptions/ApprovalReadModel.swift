import DomainModel

extension ReadModel {
    /// What waits for a client's yes, and what was said.
    public static let approvals = ReadModel(
        "Approval",
        table: "igny8_approvals",
        joins: "join igny8_accounts a on a.id = t.account_id",
        search: ["a.name", "t.comment"],
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, filter: true),
            Column("account_name", .text, "a.name"),
            Column("subscription_id", .id, null: true, filter: true),
            Column("subject", .word(ApprovalSubject.allCases.map(\.rawValue)), "t.subject_kind", filter: true),
            Column("subject_id", .id, filter: true),
            Column("status", .word(ApprovalStatus.allCases.map(\.rawValue)), filter: true, sort: true),
            Column("shown", .json, null: true),
            Column("content_hash", .text, "encode(t.content_hash, 'hex')", null: true),
            Column("deadline_at", .time, null: true, sort: true),
            Column(
                "default_decision",
                .word(ApprovalDeadline.Silence.allCases.map(\.rawValue)),
                null: true,
                filter: true
            ),
            Column("asked_at", .time, null: true),
            Column("reminded_at", .time, null: true),
            Column("escalated_at", .time, null: true),
            Column("is_escalated", .boolean, "(t.escalated_at is not null and t.status = 'pending')", filter: true),
            Column("decided_at", .time, null: true, sort: true),
            Column("decided_by", .id, null: true),
            Column("decided_by_way", .word(ApprovalWay.allCases.map(\.rawValue)), null: true, filter: true),
            Column("comment", .text, null: true),
            Column("created_at", .time, sort: true),
            Column("updated_at", .time),
        ]
    )
}
