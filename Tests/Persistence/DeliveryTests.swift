import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

@Suite("Delivery", .timeLimit(.minutes(1))) struct DeliveryTests {
    @Test("an onboarding sequence is read as it was saved; saving it again changes no row")
    func onboarding() async throws {
        try await Fixture.with { fixture in
            let (id, account) = (fixture.one.subscription.id, fixture.one.account.id)
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                var onboarding = try await OnboardingSteps.load(id, for: fixture.one.tenant, in: tx)
                #expect(onboarding == Onboarding())
                try onboarding.start(.verifyPlugin)
                try onboarding.block(.verifyPlugin, on: .client, detail: "the plugin is not installed")
                try await OnboardingSteps.save(onboarding, of: id, account: account, in: tx)
                try await OnboardingSteps.save(onboarding, of: id, account: account, in: tx)
                #expect(try await OnboardingSteps.load(id, for: fixture.one.tenant, in: tx) == onboarding)
                #expect(try await OnboardingSteps.blocked(at: .verifyPlugin, for: Fixture.system, in: tx) == [id])
                try onboarding.start(.verifyPlugin)
                try onboarding.finish(.verifyPlugin, detail: "connected")
                try await OnboardingSteps.save(onboarding, of: id, account: account, in: tx)
                let progress = try await OnboardingSteps.progress(id, for: fixture.one.tenant, in: tx)
                #expect(progress.map(\.row) == onboarding.rows)
                #expect(progress[0].finishedAt != nil && progress[1].finishedAt == nil)
                let revisions = try await tx.query("select max(revision) as most from igny8_onboarding_steps").first
                #expect(try revisions?.decode("most") == 2)
            }
        }
    }

    @Test("one flag of a kind is open on a subject; raised again it keeps its age")
    func flags() async throws {
        try await Fixture.with { fixture in
            let subject = FlagSubject.subscription(fixture.one.subscription.id)
            func raise(_ detail: String, in tx: PostgresTransaction) async throws -> Bool {
                try await DeliveryFlags.raise(
                    .contentBehind,
                    on: subject,
                    subscription: fixture.one.subscription.id,
                    account: fixture.one.account.id,
                    detail: detail,
                    in: tx
                )
            }
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                #expect(try await raise("4 of 9", in: tx))
                #expect(try await raise("4 of 9", in: tx) == false)
                #expect(try await raise("5 of 9", in: tx) == false)
                let open = try await DeliveryFlags.open(for: fixture.one.tenant, in: tx)
                #expect(open.map(\.detail) == ["5 of 9"])
                let clear = { [tenant = fixture.one.tenant] in
                    try await DeliveryFlags.clear(
                        .contentBehind,
                        on: subject,
                        because: "caught up",
                        for: tenant,
                        in: tx
                    )
                }
                #expect(try await clear())
                #expect(try await clear() == false)
                #expect(try await raise("again", in: tx))
            }
        }
    }

    @Test("a signed link opens one approval, for what was shown, once, and not for ever")
    func signedLink() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: Fixture.system, actor: "test") { tx in
                let shown = [UInt8](repeating: 1, count: 32)
                let changed = [UInt8](repeating: 2, count: 32)
                let now = try await BusinessClock.now(in: tx)
                var approval = try await Approvals.request(
                    .blueprint,
                    7,
                    account: fixture.one.account.id,
                    subscription: fixture.one.subscription.id,
                    token: "link",
                    contentHash: shown,
                    expiresAt: now.addingTimeInterval(60),
                    in: tx
                )
                #expect(try await Approvals.find(token: "link", contentHash: shown, in: tx)?.id == approval.id)
                #expect(try await Approvals.find(token: "link", contentHash: changed, in: tx) == nil)
                #expect(try await Approvals.find(token: "other", contentHash: shown, in: tx) == nil)
                try approval.value.approve(by: nil, at: now, comment: "fine")
                try await Approvals.save(&approval, in: tx)
                #expect(try await Approvals.find(token: "link", contentHash: shown, in: tx) == nil)
                let latest = try await Approvals.latest(of: .blueprint, 7, for: fixture.one.tenant, in: tx)
                #expect(latest?.status == .approved && latest?.comment == "fine")
                _ = try await Approvals.request(
                    .blueprint,
                    8,
                    account: fixture.one.account.id,
                    subscription: nil,
                    token: "old",
                    contentHash: shown,
                    expiresAt: now.addingTimeInterval(-1),
                    in: tx
                )
                #expect(try await Approvals.find(token: "old", contentHash: shown, in: tx) == nil)
            }
        }
    }

    @Test("a mail stands in the outbox once, with each recipient once")
    func outbox() async throws {
        try await Fixture.with { fixture in
            try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                func queue() async throws -> Email.ID? {
                    try await Emails.queue(
                        .welcome,
                        uniqueKey: "welcome:1",
                        account: fixture.one.account.id,
                        from: "IGNY8 <house@igny8.example>",
                        to: [fixture.one.owner.email, fixture.one.account.billingEmail, fixture.one.owner.email],
                        subject: "Willkommen ✓",
                        text: "Hello",
                        messageDomain: "igny8.example",
                        in: tx
                    )
                }
                let id = try #require(try await queue())
                #expect(try await queue() == nil)
                let mail = try #require(try await Emails.find(id, for: fixture.one.tenant, in: tx))
                #expect(mail.recipients == [fixture.one.owner.email, fixture.one.account.billingEmail])
                #expect(mail.status == .queued && mail.messageID.hasSuffix("@igny8.example>"))
                try await Emails.markTried(id, error: "greylisted", isFinal: false, in: tx)
                #expect(try await Emails.markSent(id, in: tx))
                #expect(try await Emails.markSent(id, in: tx) == false)
                let sent = try await Emails.find(id, for: fixture.one.tenant, in: tx)
                #expect(sent?.status == .sent && sent?.attempts == 2 && sent?.sentAt != nil)
            }
        }
    }

    @Test("business time stands still when frozen, is moved forward only, and runs on when released")
    func clock() async throws {
        try await Fixture.with { fixture in
            let database = fixture.test.service
            let start = Date(timeIntervalSince1970: 1_789_632_000)
            try await BusinessClock.freeze(at: start, in: database)
            let reading = try await BusinessClock.read(in: database)
            #expect(reading.now == start && reading.isFrozen)
            let later = start.addingTimeInterval(86_400)
            #expect(try await BusinessClock.advance(to: later, in: database))
            #expect(try await BusinessClock.advance(to: start, in: database) == false)
            #expect(try await BusinessClock.now(in: database) == later)
            let stamped = try await fixture.store.transaction(as: fixture.one.tenant, actor: "test") { tx in
                try await Sites.create(
                    account: fixture.one.account.id,
                    domain: try #require(Domain("stamped.example")),
                    name: "stamped",
                    url: "https://stamped.example/",
                    in: tx
                )
            }
            #expect(stamped.createdAt == later)
            try await BusinessClock.release(in: database)
            let released = try await BusinessClock.read(in: database)
            #expect(!released.isFrozen && released.now >= later && released.now < later.addingTimeInterval(3_600))
            let far = later.addingTimeInterval(7 * 86_400)
            #expect(try await BusinessClock.advance(to: far, in: database))
            #expect(try await BusinessClock.now(in: database) >= far)
        }
    }

    @Test("the catalogue holds the spec's figures")
    func catalogue() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let plans = try await Plans.all(in: test.service)
            #expect(plans.map(\.price.decimalString) == ["0.00", "49.00", "149.00", "349.00"])
            #expect(plans.map(\.siteLimit) == [1, 3, 10, nil])
            let gate = FeatureGate(plans: plans.map(\.value))
            #expect(gate.decide(.managed(.pro), on: .scale) == .allowed)
            guard case .refused(let refusal) = gate.decide(.managed(.lite), on: .starter) else {
                Issue.record("Starter has no managed service")
                return
            }
            #expect(refusal.held == "none" && refusal.offer?.plan == .growth)
            #expect(gate.decide(GateRequirement(.contentTypes, "page"), on: .starter) == .allowed)
            #expect(gate.decide(GateRequirement(.contentTypes, "page"), on: .free) != .allowed)
            let tiers = try await Catalogue.managedTiers(in: test.service)
            #expect(tiers.map(\.price.decimalString) == ["100.00", "399.00"])
            #expect(tiers.map(\.articlesPerMonth) == [10, 30])
            let rate = try await Catalogue.taxRate(country: "GB", on: Fixture.day, in: test.service)
            #expect(rate == .zero)
        }
    }

    @Test(
        "the closed sets of the domain are those of the database",
        arguments: [
            ("igny8_managed_service_subscriptions", "status", SubscriptionStatus.allCases.map(\.rawValue)),
            ("igny8_managed_service_subscriptions", "tier", ServiceTier.allCases.map(\.rawValue)),
            ("igny8_onboarding_steps", "step", OnboardingStep.allCases.map(\.rawValue)),
            ("igny8_onboarding_steps", "status", OnboardingStepStatus.allCases.map(\.rawValue)),
            ("igny8_delivery_flags", "kind", DeliveryFlagKind.allCases.map(\.rawValue)),
            ("igny8_approvals", "subject_kind", ApprovalSubject.allCases.map(\.rawValue)),
            ("igny8_approvals", "status", ApprovalStatus.allCases.map(\.rawValue)),
            ("igny8_invoices", "status", InvoiceStatus.allCases.map(\.rawValue)),
            ("igny8_invoices", "kind", InvoiceKind.allCases.map(\.rawValue)),
            ("igny8_invoices", "collection", InvoiceCollection.allCases.map(\.rawValue)),
            ("igny8_invoice_lines", "kind", InvoiceLineKind.allCases.map(\.rawValue)),
            ("igny8_payments", "status", PaymentStatus.allCases.map(\.rawValue)),
            ("igny8_payments", "kind", PaymentMethodKind.allCases.map(\.rawValue)),
            ("igny8_refunds", "status", RefundStatus.allCases.map(\.rawValue)),
            ("igny8_users", "role", UserRole.allCases.map(\.rawValue)),
            ("igny8_users", "staff_role", StaffRole.allCases.map(\.rawValue)),
            ("igny8_accounts", "status", AccountStatus.allCases.map(\.rawValue)),
            ("igny8_emails", "status", EmailStatus.allCases.map(\.rawValue)),
        ]
    )
    func closedSets(table: String, column: String, words: [String]) async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let check: String? = try await test.owner.query(
                """
                select pg_get_constraintdef(oid) as definition from pg_constraint
                where conrelid = \(table)::regclass and contype = 'c'
                    and conkey = array[(select attnum from pg_attribute where attrelid = \(table)::regclass
                        and attname = \(column))] and pg_get_constraintdef(oid) like '%ANY%'
                """
            ).first?.decode("definition")
            let known = try #require(check).split(separator: "'").enumerated().filter { !$0.offset.isMultiple(of: 2) }
                .map { String($0.element) }
            #expect(Set(known) == Set(words))
        }
    }

    @Test("the ledger's chart is the domain's, account by account")
    func chart() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            let rows = try await test.service.query("select code, kind from igny8_ledger_accounts")
            let chart = try rows.map { row in
                "\(try row.decode("code", as: String.self)) \(try row.decode("kind", as: String.self))"
            }
            #expect(Set(chart) == Set(LedgerAccount.allCases.map { "\($0.rawValue) \($0.kind.rawValue)" }))
        }
    }
}
