extension ReadModel {
    /// Jobs wherever they lie: waiting and running, finished, dead. The payload stays inside.
    public static let jobs = ReadModel(
        "Job",
        table: """
            (select id, queue, task, state as status, account_id, priority::int, attempt, max_attempts, run_at,
                 created_at, started_at, null::timestamptz as finished_at, progress, note, null::jsonb as result, errors
             from igny8_jobs
             union all
             select id, queue, task, outcome, account_id, priority, attempt, max_attempts, run_at,
                 created_at, started_at, finished_at, progress, note, result, errors
             from igny8_job_history
             union all
             select id, queue, task, 'dead', account_id, priority, attempt, max_attempts, run_at,
                 created_at, null, died_at, null, null, null, errors
             from igny8_dead_jobs)
            """,
        search: ["t.task", "t.note"],
        isLarge: true,
        columns: [
            Column("id", .id, sort: true),
            Column("account_id", .id, null: true, filter: true),
            Column("queue", .text, filter: true),
            Column("task", .text, filter: true, sort: true),
            Column(
                "status",
                .word(["pending", "queued", "running", "completed", "cancelled", "discarded", "dead"]),
                filter: true
            ),
            Column("priority", .integer),
            Column("attempt", .integer),
            Column("max_attempts", .integer, null: true),
            Column("run_at", .time, sort: true),
            Column("created_at", .time, sort: true),
            Column("started_at", .time, null: true),
            Column("finished_at", .time, null: true),
            Column("progress", .number, null: true),
            Column("note", .text, null: true),
            Column("result", .json, null: true),
            Column("errors", .json),
        ]
    )
}
