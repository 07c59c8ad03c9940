import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// Requests for indexing: asked for, listed, decided about.
enum IndexingRequestRoutes {
    static let endpoints = [submit, bulkSubmit, list, stats, savings, detail, resolve]

    private static let submit = Endpoint(
        .post,
        "linker/indexing/submit/",
        .members(.editor),
        "submitForIndexing",
        "Have links or pages of a site indexed. What cannot be indexed, or is already, is not paid for"
    ) { call in
        let urls = Array(Set(call.body.texts("urls") ?? [])).sorted()
        let links = try ids(call.body["backlink_ids"])
        guard !urls.isEmpty || !links.isEmpty else {
            throw Problem.invalid("urls", "pages, or the links of backlink_ids")
        }
        return try await call.write { write in
            let site = try await site(write)
            try await allow(urls.count + links.count, of: site, write)
            let created = try await IndexingRequests.create(
                urls,
                of: site,
                createdBy: write.identity.userID,
                in: write.tx
            )
            if !links.isEmpty {
                let price = try await IndexingServices.likelyPrice(in: write.tx)
                _ = try await IndexingRequests.queue(
                    .these(links, of: site.id),
                    sparing: price,
                    createdBy: write.identity.userID,
                    in: write.tx
                )
            }
            _ = try await call.services.producer.enqueue(
                created.map { IndexingJobs.inspect($0, account: site.accountID) },
                in: write.tx
            )
            let job = IndexingJobs.submitReady(because: "site:\(site.id)", account: site.accountID)
            let id = try await write.enqueue(job)
            try await note(
                site,
                ["urls": .integer(Int64(created.count)), "links": .integer(Int64(links.count))],
                write
            )
            return .accepted(job: id, task: job.task)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.body = .named(
            "IndexingOrder",
            .object([
                .required("site_id", .id),
                .optional("urls", .array(.url, count: 0...1000), "Pages; each is looked at before it is paid for."),
                .optional("backlink_ids", .array(.id, count: 0...1000), "Live links of the site."),
            ])
        )
        $0.success = .accepted
        $0.answer = .acceptedJob
        $0.problems = [.notFound, .paymentRequired, .conflict]
    }.requires(.backlinkIndexing, "true")

    private static let bulkSubmit = Endpoint(
        .post,
        "linker/indexing/bulk-submit/",
        .members(.editor),
        "submitSiteForIndexing",
        "Have all live links of a site indexed that are not yet"
    ) { call in
        try await call.write { write in
            let site = try await site(write)
            let waiting: Int = try await write.row(
                """
                select count(*) as links from igny8_sag_backlinks
                where site_id = \(site.id.rawValue) and status = 'live' and not is_indexed and not indexing_submitted
                """
            ).decode("links")
            try await allow(waiting, of: site, write)
            let job = IndexingJobs.submitLinks(of: site.id, account: site.accountID)
            let id = try await write.enqueue(job)
            try await note(site, ["links": .integer(Int64(waiting))], write)
            return .accepted(job: id, task: job.task)
        }
    }.with {
        $0.scope = .servicesWrite
        $0.body = .named("IndexingSiteOrder", .object([.required("site_id", .id)]))
        $0.success = .accepted
        $0.answer = .acceptedJob
        $0.problems = [.notFound, .paymentRequired, .conflict]
    }.requires(.backlinkIndexing, "true")

    private static let list = Endpoint.list(
        "linker/indexing/requests/",
        .anyone,
        "listIndexingRequests",
        "Requests for indexing: all for staff, the account's own for members",
        Resources.indexingRequests
    ).with { $0.scope = .servicesRead }

    private static let detail = Endpoint.detail(
        "linker/indexing/requests/{id}/",
        .anyone,
        "getIndexingRequest",
        "A request for indexing",
        Resources.indexingRequests
    ).with { $0.scope = .servicesRead }

    private static let resolve = Endpoint(
        .post,
        "linker/indexing/requests/{id}/resolve/",
        .staff,
        "resolveIndexingRequest",
        "Decide about a request that failed, or that was to be submitted by hand"
    ) { call in
        let id = try call.id()
        guard let decision = IndexingReview.Decision(rawValue: try call.body.text("decision")) else {
            throw Problem.unexpected
        }
        let service = call.body["service"]?.string.flatMap { IndexingServiceKey(rawValue: $0) }
        return try await call.write { write in
            guard let request = try await IndexingRequests.find(id, for: write.tenant, in: write.tx) else {
                throw Problem.notFound
            }
            let again = try await IndexingReview.decide(
                decision,
                about: request,
                service: service,
                by: write.identity.userID,
                in: write.tx
            )
            if decision == .retry, again == nil {
                throw Problem.conflict("open-request", "There is an open request for this page already.")
            }
            if let again {
                _ = try await write.enqueue(IndexingJobs.submit(again, account: request.accountID))
            }
            let answer = try await write.answer(Resources.indexingRequests, again ?? id)
            try await write.audit(
                decision == .writeOff ? .writtenOff : .updated,
                Subject(IndexingStatus.subject, id, account: request.accountID),
                Change(
                    from: request.status.rawValue,
                    reason: call.body["note"]?.string ?? "",
                    data: again.map { ["request": .integer($0)] } ?? [:]
                )
            )
            return answer
        }
    }.with {
        $0.body = .named(
            "IndexingDecision",
            .object([
                .required(
                    "decision",
                    .oneOf(IndexingReview.Decision.allCases.map(\.rawValue)),
                    "retry: once more, as a request of its own; write_off; done: it has been submitted by hand."
                ),
                .optional("service", .oneOf(IndexingServiceKey.self), "Who is to have it now."),
                .optional("note", .text(max: 500)),
            ])
        )
        $0.answer = Resources.indexingRequests.schema
        $0.hasETag = true
        $0.problems = [.conflict]
    }

    // MARK: Figures

    private static let site = QueryParameter("site_id", .id, "Of this site only.")

    private static let stats = Endpoint(
        .get,
        "linker/indexing/stats/",
        .anyone,
        "getIndexingStats",
        "Success by service against what comes into the index by itself, days it takes, what is under way and what it cost"
    ) { call in
        let site = call.query.integer("site_id").map { Site.ID($0) }
        return try await call.view { write in
            try await ask(site, write)
            let totals = try await IndexingFigures.totals(of: site, for: write.tenant, in: write.tx)
            let success = try await IndexingFigures.success(of: site, for: write.tenant, in: write.tx)
            return .json { writer in
                writer.object { writer in
                    writer.member("pending", totals.pending)
                    writer.member("indexed", totals.indexed)
                    writer.member("failed", totals.failed)
                    writer.member("needs_review", totals.needsReview)
                    writer.member("cost", write.identity.isStaff ? totals.cost.decimalString : nil)
                    writer.member("charged", totals.charged.decimalString)
                    writer.member("currency", totals.cost.currency.code)
                    writer.key("services")
                    writer.beginArray()
                    for one in success {
                        writer.object { writer in
                            writer.member("service", one.service?.rawValue)
                            writer.member("indexed", one.indexed)
                            writer.member("judged", one.judged)
                            writer.member("rate_percent", one.judged > 0 ? one.indexed * 100 / one.judged : 0)
                            writer.member("median_days", one.medianDays.map { Int64($0) })
                        }
                    }
                    writer.endArray()
                }
            }
        }
    }.with {
        $0.scope = .servicesRead
        $0.query = [site]
        $0.problems = [.notFound]
        $0.answer = .named(
            "IndexingStats",
            .object([
                .required("pending", .count), .required("indexed", .count), .required("failed", .count),
                .required("needs_review", .count),
                .required("cost", .nullable(ReadModel.Kind.decimal.schema), "What it cost us; for staff."),
                .required("charged", ReadModel.Kind.decimal.schema, "What the clients pay for what was submitted."),
                .required("currency", .currency),
                .required(
                    "services",
                    .array(
                        .object([
                            .required(
                                "service",
                                .nullable(.oneOf(IndexingServiceKey.self)),
                                "Null: the hold-out, which was sent to nobody for 14 days."
                            ), .required("indexed", .count),
                            .required("judged", .count, "Of which an outcome is known."),
                            .required("rate_percent", .integer(0...100)),
                            .required(
                                "median_days",
                                .nullable(.count),
                                "From the submission to the look that found it."
                            ),
                        ])
                    )
                ),
            ])
        )
    }

    private static let savings = Endpoint(
        .get,
        "linker/indexing/savings/",
        .anyone,
        "getIndexingSavings",
        "What was not paid for pages that are indexed already, or cannot be"
    ) { call in
        let site = call.query.integer("site_id").map { Site.ID($0) }
        return try await call.view { write in
            try await ask(site, write)
            let savings = try await IndexingFigures.savings(of: site, for: write.tenant, in: write.tx)
            return .json { writer in
                writer.object { writer in
                    writer.member("pages", savings.reduce(0) { $0 + $1.pages })
                    writer.member("currency", Currency.usd.code)
                    writer.key("reasons")
                    writer.beginArray()
                    for one in savings {
                        writer.object { writer in
                            writer.member("reason", one.reason.rawValue)
                            writer.member("detail", one.reason.words)
                            writer.member("pages", one.pages)
                            writer.member("cost", write.identity.isStaff ? one.cost.decimalString : nil)
                            writer.member("charged", one.charged.decimalString)
                        }
                    }
                    writer.endArray()
                }
            }
        }
    }.with {
        $0.scope = .servicesRead
        $0.query = [site]
        $0.problems = [.notFound]
        $0.answer = .named(
            "IndexingSavings",
            .object([
                .required("pages", .count), .required("currency", .currency),
                .required(
                    "reasons",
                    .array(
                        .object([
                            .required("reason", .oneOf(IndexingHindrance.self)),
                            .required("detail", .text(max: 200)), .required("pages", .count),
                            .required(
                                "cost",
                                .nullable(ReadModel.Kind.decimal.schema),
                                "What we would have paid; for staff."
                            ),
                            .required("charged", ReadModel.Kind.decimal.schema, "What the client would have paid."),
                        ])
                    )
                ),
            ])
        )
    }

    // MARK: Before it

    /// A site that the query names must be the caller's to see.
    private static func ask(_ site: Site.ID?, _ write: Write) async throws {
        guard let site else { return }
        guard try await Sites.find(site, for: write.tenant, in: write.tx) != nil else { throw Problem.notFound }
    }

    private static func site(_ write: Write) async throws -> Site {
        let id = Site.ID(try write.call.body.number("site_id"))
        guard let site = try await Sites.find(id, for: write.tenant, in: write.tx) else { throw Problem.notFound }
        return site.value
    }

    private static func ids(_ value: JSON?) throws -> [Backlink.ID] {
        guard case .array(let items)? = value else { return [] }
        return items.compactMap { $0.integer.map { Backlink.ID($0) } }
    }

    /// 402 to who is past due; 409 where there is no price in the account's currency.
    private static func allow(_ pages: Int, of site: Site, _ write: Write) async throws {
        let price = try await IndexingFigures.price(of: site.id, in: write.tx)
        // What is free for the client costs us nevertheless.
        let least = Money(minor: 1, currency: price.currency)
        let total = try price.times(pages)
        try await write.requireSpendable(total.isZero ? least : total, for: site.accountID)
        guard price.tenThousandths > 0 else { return }
        guard let account = try await Accounts.find(site.accountID, for: write.tenant, in: write.tx) else {
            throw Problem.notFound
        }
        guard account.currency == price.currency else {
            throw Problem.conflict("not-sold", "This has no price in \(account.currency.code) yet.")
        }
    }

    private static func note(_ site: Site, _ data: [String: JSONValue], _ write: Write) async throws {
        try await write.audit(
            .ordered,
            Subject("site", site.id.rawValue, account: site.accountID),
            Change(reason: "indexing", data: data)
        )
    }
}
