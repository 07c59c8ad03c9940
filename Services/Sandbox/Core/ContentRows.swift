import DomainModel
import Foundation
import Postgres

/// The content of one subscription's month.
struct ContentRows: Sendable {
    struct Waiting: Sendable {
        var content: Int64
        var position: Int
        var dueAt: Date
    }

    let account: Int64
    let site: Site
    let subscription: Int64
    let periodStart: CalendarDay

    /// Turns the tasks that wait into articles for review.
    /// - Returns: how many.
    func write(in tx: PostgresTransaction) async throws -> Int {
        let tasks = try await tx.query(
            """
            select task.id, task.title, task.target_words, cluster.name as cluster
            from igny8_tasks task join igny8_clusters cluster on cluster.id = task.cluster_id
            where task.managed_subscription_id = \(subscription) and task.period_start = \(day)
                and task.account_id = \(account) and task.status = 'queued' and not task.is_deleted
            order by task.period_position for update of task
            """
        )
        guard !tasks.isEmpty else { return 0 }
        var ids: [Int64] = []
        var articles: [Article] = []
        for task in tasks {
            ids.append(try task.decode("id"))
            articles.append(
                Article(
                    title: try task.decode("title"),
                    cluster: try task.decode("cluster"),
                    domain: site.domain.name,
                    words: try task.decode("target_words")
                )
            )
        }
        try await tx.query(
            """
            insert into igny8_content (account_id, site_id, sector_id, cluster_id, task_id, title, html, word_count,
                meta_title, meta_description, primary_keyword, content_type, content_structure, status)
            select task.account_id, task.site_id, task.sector_id, task.cluster_id, task.id, task.title, written.html,
                written.words, written.meta_title, written.meta_description, written.keyword, task.content_type,
                task.content_structure, 'draft'
            from unnest(\(ids), \(articles.map(\.html)), \(articles.map { Int32(clamping: $0.words) }),
                \(articles.map(\.metaTitle)), \(articles.map(\.metaDescription)), \(articles.map(\.keyword)))
                as written (task_id, html, words, meta_title, meta_description, keyword)
            join igny8_tasks task on task.id = written.task_id
            order by task.period_position
            on conflict (task_id) where not is_deleted do nothing
            """
        )
        try await tx.query(
            "update igny8_tasks set status = 'completed', completed_at = igny8_now() where id = any(\(ids))"
        )
        try await tx.query(
            "update igny8_content set status = 'review' where task_id = any(\(ids)) and status = 'draft'"
        )
        return ids.count
    }

    func unpublished(in tx: PostgresTransaction) async throws -> [Waiting] {
        try await tx.query(
            """
            select content.id, task.period_position, coalesce(task.due_at, igny8_now()) as due_at
            from igny8_content content join igny8_tasks task on task.id = content.task_id
            where task.managed_subscription_id = \(subscription) and task.period_start = \(day)
                and content.account_id = \(account) and content.status <> 'published' and not content.is_deleted
            order by task.period_position
            """
        ).map { row in
            Waiting(
                content: try row.decode("id"),
                position: try row.decode("period_position"),
                dueAt: try row.decode("due_at")
            )
        }
    }

    private var day: PostgresDay {
        PostgresDay(year: periodStart.year, month: periodStart.month, day: periodStart.day)
    }
}
