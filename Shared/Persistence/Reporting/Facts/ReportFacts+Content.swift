import DomainModel
import Foundation
import Postgres

extension ReportFacts {
    static func content(
        _ scope: ReportScope,
        _ data: inout ReportData,
        in tx: PostgresTransaction
    ) async throws -> ReportPart<ContentFacts> {
        let totals = try await tx.query(
            """
            select published.*, images.*, due.*, review.*
            from (
                select count(*) filter (where c.published_at >= \(fragment: scope.from)) as now,
                    count(*) filter (where c.published_at < \(fragment: scope.from)) as before,
                    coalesce(sum(c.word_count) filter (where c.published_at >= \(fragment: scope.from)), 0)::bigint as words,
                    coalesce(sum(c.word_count) filter (where c.published_at < \(fragment: scope.from)), 0)::bigint
                        as words_before
                from igny8_content c
                where \(fragment: scope.owns("c")) and c.status = 'published' and not c.is_deleted
                    and c.published_at >= \(fragment: scope.previousFrom) and c.published_at < \(fragment: scope.to)
            ) published, (
                select count(*) filter (where i.created_at >= \(fragment: scope.from)) as images,
                    count(*) filter (where i.created_at < \(fragment: scope.from)) as images_before
                from igny8_images i
                where \(fragment: scope.owns("i")) and i.created_at >= \(fragment: scope.previousFrom)
                    and i.created_at < \(fragment: scope.to)
            ) images, (
                select count(*) as due, count(*) filter (
                    where c.published_at is null or c.published_at >= \(fragment: scope.to)) as overdue
                from igny8_tasks t
                left join igny8_content c on c.task_id = t.id and not c.is_deleted and c.status = 'published'
                where \(fragment: scope.owns("t")) and not t.is_deleted
                    and t.due_at >= \(fragment: scope.from) and t.due_at < \(fragment: scope.to)
            ) due, (
                select count(*) as in_review, exists (
                    select from igny8_content c where \(fragment: scope.owns("c"))) as in_use
                from igny8_content c
                where \(fragment: scope.owns("c")) and c.status = 'review' and not c.is_deleted
            ) review
            """
        ).only()
        let (now, due): (Int, Int) = (try totals.decode("now"), try totals.decode("due"))
        var facts = ContentFacts(
            published: Comparison(now: now, before: try totals.decode("before", as: Int.self)),
            words: Comparison(now: try totals.decode("words"), before: try totals.decode("words_before", as: Int.self)),
            images: Comparison(
                now: try totals.decode("images"),
                before: try totals.decode("images_before", as: Int.self)
            )
        )
        facts.due = due > 0 ? due : nil
        facts.overdue = try totals.decode("overdue")
        facts.inReview = try totals.decode("in_review")
        let isInUse: Bool = try totals.decode("in_use")
        guard isInUse || due > 0 else { return .notInUse }
        guard now > 0 || due > 0 || facts.inReview > 0 || facts.images.now > 0 else { return .empty }
        facts.articles = try await articles(scope, in: tx)
        facts.types = Dictionary(grouping: facts.articles, by: \.structure)
            .map { .init(type: $0, count: $1.count, words: $1.reduce(0) { $0 + $1.words }) }
            .sorted { ($1.count, $1.words, $0.type) < ($0.count, $0.words, $1.type) }
        data.explain(.articles, String(now), rows: now, scope.period)
        data.explain(.words, String(facts.words.now), rows: now, scope.period)
        data.explain(.images, String(facts.images.now), rows: facts.images.now, scope.period)
        return .data(facts)
    }

    private static func articles(
        _ scope: ReportScope,
        in tx: PostgresTransaction
    ) async throws -> [ContentFacts.Article] {
        try await tx.query(
            """
            select c.title, c.content_structure, c.word_count, c.external_url,
                \(fragment: scope.day("c.published_at")) as published_on, count(i.id) as images
            from igny8_content c
            left join igny8_images i on i.content_id = c.id and i.account_id = c.account_id
            where \(fragment: scope.owns("c")) and c.status = 'published' and not c.is_deleted
                and c.published_at >= \(fragment: scope.from) and c.published_at < \(fragment: scope.to)
            group by c.id
            order by c.published_at, c.id
            """
        ).map { row in
            ContentFacts.Article(
                title: try row.decode("title"),
                structure: try row.decode("content_structure"),
                words: try row.decode("word_count"),
                images: try row.decode("images"),
                url: try row.decode("external_url"),
                publishedOn: try row.day("published_on")
            )
        }
    }
}
