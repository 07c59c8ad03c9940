import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

enum IntakeRoutes {
    static let endpoints = [read, replace]

    private static let read = Endpoint(
        .get,
        "services/subscriptions/{id}/intake/",
        .staff,
        "getIntake",
        "The client's intake form"
    ) { call in
        var page = ReadModel.Page(limit: 1)
        page.condition = "t.subscription_id = \(try call.id())"
        let rows = try await call.read([ReadModel.intakes.rows(page, for: call.tenant)]).rows[0]
        return try Resources.intakes.answer(rows).tagged(for: call.request.headers)
    }.with {
        $0.scope = .servicesRead
        $0.answer = Resources.intakes.schema
        $0.hasETag = true
    }

    private static let replace = Endpoint(
        .put,
        "services/subscriptions/{id}/intake/",
        .staff,
        "putIntake",
        "Fill in the intake form; it feeds the blueprint"
    ) { call in
        try await call.write { write in
            let subscription = try await write.lockedSubscription(.init(try call.id()))
            var page = ReadModel.Page(limit: 1)
            page.condition = "t.subscription_id = \(subscription.id.rawValue)"
            let statement = ReadModel.intakes.rows(page, for: write.tenant)
            if let row = try await write.tx.query(statement).first {
                try await write.checkVersion(Resources.intakes, try row.decode("id"))
            }
            let whole = JSON(Intake.blank).merged(with: call.body)
            _ = try await Intakes.put(
                try whole.decode(Intake.self),
                of: subscription.id,
                account: subscription.accountID,
                by: write.identity.userID,
                in: write.tx
            )
            try await write.audit(.updated, .subscription(subscription.value), Change(data: ["fields": ["intake"]]))
            let answer = try Resources.intakes.answer(try await write.tx.query(statement))
            return answer.with(header: .eTag, EntityTag.of(answer.body))
        }
    }.with {
        $0.scope = .servicesWrite
        $0.flag = .managedServicesEnabled
        $0.body = .named("IntakeForm", .shape(Intake.shape))
        $0.answer = Resources.intakes.schema
        $0.hasETag = true
    }
}

extension Intake {
    fileprivate static let blank: JSONValue = [
        "industry": "", "sectors": [], "products_services": [], "problems_solved": [], "brands": [], "locations": [],
        "competitors": [], "target_countries": [], "social_accounts": [], "seo_state": "",
    ]
}
