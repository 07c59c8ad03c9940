import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// Claims for links lost within their guarantee (spec 11.6): drafted by themselves, sent and resolved by staff.
enum LinkClaimRoutes {
    static let endpoints = [list, detail, edit, send, resolve]

    private static let list = Endpoint.list(
        "services/link-claims/",
        .staff,
        "listLinkClaims",
        "What is asked of vendors for links lost within their guarantee",
        Resources.linkClaims
    )

    private static let detail = Endpoint.detail(
        "services/link-claims/{id}/",
        .staff,
        "getLinkClaim",
        "A claim with its letter and evidence",
        Resources.linkClaims
    )

    private static let edit = Endpoint(
        .patch,
        "services/link-claims/{id}/",
        .staff,
        "updateLinkClaim",
        "Change the letter of a draft"
    ) { call in
        try await call.write { write in
            var claim = try await held(call, write)
            try await write.checkVersion(Resources.linkClaims, claim.id.rawValue)
            // A letter that is out is evidence itself.
            guard claim.status == .draft else {
                throw IllegalTransition(
                    subject: LinkClaimStatus.subject,
                    from: claim.status.rawValue,
                    transition: "edit",
                    allowed: claim.status.allowed.map(\.rawValue)
                )
            }
            claim.letter = try call.body.text("letter")
            return try await save(&claim, as: .updated, from: .draft, write)
        }
    }.with {
        $0.body = .named("LinkClaimLetter", .object([.required("letter", .text(1...20_000))]))
        describe(&$0)
    }

    private static let send = Endpoint(
        .post,
        "services/link-claims/{id}/send/",
        .staff,
        "sendLinkClaim",
        "Note that the letter went to the vendor, and where: an address, a ticket of the marketplace"
    ) { call in
        try await call.write { write in
            var claim = try await held(call, write)
            let before = claim.status
            try claim.value.send(to: try call.body.text("to"), at: try await BusinessClock.now(in: write.tx))
            return try await save(&claim, as: .claimSent, from: before, write)
        }
    }.with {
        $0.body = .named("LinkClaimSending", .object([.required("to", .name(max: 300))]))
        describe(&$0)
    }

    private enum Outcome: String, CaseIterable {
        case replacement
        case refund
        case refusal
    }

    private static let resolve = Endpoint(
        .post,
        "services/link-claims/{id}/resolve/",
        .staff,
        "resolveLinkClaim",
        "End a claim: another link at no cost, money back, or nothing"
    ) { call in
        try await call.write { write in
            let id = LinkClaim.ID(try call.id())
            guard let seen = try await LinkClaims.find(id, for: write.tenant, in: write.tx) else {
                throw Problem.notFound
            }
            guard let order = seen.orderID else {
                throw Problem.conflict("no-order", "The link was delivered under no order.")
            }
            var desk = try await write.desk(order)
            let answer: OrderDesk.ClaimAnswer
            switch Outcome(rawValue: try call.body.text("outcome")) {
            case .replacement: answer = .replacement
            case .refund:
                answer = .refund(
                    try call.body["amount"]?.string.map { text in try Money(text, "amount", seen.expected.currency) }
                        ?? seen.expected
                )
            case .refusal: answer = .refusal
            case nil: throw Problem.unexpected
            }
            try await desk.resolve(id, by: answer, note: call.body["note"]?.string ?? "")
            try await write.follow(try await desk.close())
            return try await write.answer(Resources.linkClaims, id.rawValue)
        }
    }.with {
        $0.body = .named(
            "LinkClaimResolution",
            .object([
                .required("outcome", .oneOf(Outcome.self)),
                .optional("amount", .money, "What a refund brings back; all that the link cost when left out."),
                .optional("note", .text(max: 2_000), "What the vendor said."),
            ])
        )
        describe(&$0)
    }

    private static func held(_ call: Call, _ write: Write) async throws -> Stored<LinkClaim> {
        let id = LinkClaim.ID(try call.id())
        guard let claim = try await LinkClaims.find(id, for: write.tenant, lock: .forUpdate, in: write.tx) else {
            throw Problem.notFound
        }
        return claim
    }

    private static func save(
        _ claim: inout Stored<LinkClaim>,
        as action: AuditAction,
        from before: LinkClaimStatus,
        _ write: Write
    ) async throws -> Answer {
        try await LinkClaims.save(&claim, in: write.tx)
        try await write.audit(
            action,
            Subject(LinkClaimStatus.subject, claim.id.rawValue, account: claim.accountID),
            Change(from: before.rawValue, to: claim.status.rawValue, reason: claim.sentTo ?? "")
        )
        return try await write.answer(Resources.linkClaims, claim.id.rawValue)
    }

    private static func describe(_ endpoint: inout Endpoint) {
        endpoint.answer = Resources.linkClaims.schema
        endpoint.hasETag = true
        endpoint.problems = [.conflict]
    }
}
