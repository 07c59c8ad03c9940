import DomainModel
import Foundation
import Persistence
import Postgres
import TestSupport
import Testing

/// What each repository gives a stranger: nothing, whether the code scopes its statement or has forgotten to
/// (`forgetful`: the code says "system", the transaction is an account's).
@Suite("Isolation of accounts, by repository", .timeLimit(.minutes(1))) struct IsolationTests {
    private struct Probe: Sendable {
        let name: String
        /// How many rows a tenant sees of what belongs to the fixture's first client.
        let visible: @Sendable (Seeded, Tenant, PostgresTransaction) async throws -> Int

        init(
            _ name: String,
            _ visible: @escaping @Sendable (Seeded, Tenant, PostgresTransaction) async throws -> Int
        ) {
            self.name = name
            self.visible = visible
        }
    }

    /// One row of everything, of the first client.
    private struct Seeded: Sendable {
        let client: Fixture.Client
        let key: Stored<ApiKey>
        let approval: Stored<Approval>
        let entry: Stored<TimeEntry>
        let invoice: Stored<Invoice>
        let payment: Stored<Payment>
        let refund: Stored<Refund>
        let method: Stored<PaymentMethod>
        let email: Email.ID
    }

    private static let probes: [Probe] = [
        Probe("Accounts") { try await Accounts.find($0.client.account.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("Accounts, several") { try await Accounts.find(all: [$0.client.account.id], for: $1, in: $2).count },
        Probe("Users") { try await Users.find($0.client.owner.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("ApiKeys") { try await ApiKeys.find($0.key.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("Sites") { try await Sites.find($0.client.site.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("Sites, several") { try await Sites.find(all: [$0.client.site.id], for: $1, in: $2).count },
        Probe("Sectors") { try await Sectors.find($0.client.sector.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("Sectors of a site") { try await Sectors.all(of: $0.client.site.id, for: $1, in: $2).count },
        Probe("ManagedSubscriptions") {
            try await ManagedSubscriptions.find($0.client.subscription.id, for: $1, in: $2) == nil ? 0 : 1
        },
        Probe("ManagedSubscriptions of a site") {
            try await ManagedSubscriptions.current(of: $0.client.site.id, for: $1, in: $2) == nil ? 0 : 1
        },
        Probe("ManagedSubscriptions in a state") { seeded, tenant, tx in
            try await ManagedSubscriptions.all(in: [.pending], for: tenant, in: tx)
                .count { $0.accountID == seeded.client.account.id }
        },
        Probe("OnboardingSteps") {
            try await OnboardingSteps.progress($0.client.subscription.id, for: $1, in: $2).isEmpty ? 0 : 1
        },
        Probe("Intakes") { try await Intakes.find($0.client.subscription.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("TimeEntries") { try await TimeEntries.find($0.entry.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("DeliveryFlags") { seeded, tenant, tx in
            try await DeliveryFlags.open(of: [seeded.client.subscription.id], for: tenant, in: tx).count
        },
        Probe("Approvals") { try await Approvals.find($0.approval.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("Invoices") { try await Invoices.find($0.invoice.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("Invoices of a subscription") {
            try await Invoices.all(of: $0.client.subscription.id, for: $1, in: $2).count
        },
        Probe("Payments") { try await Payments.find($0.payment.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("Payments of an invoice") { try await Payments.all(of: $0.invoice.id, for: $1, in: $2).count },
        Probe("Refunds") { try await Refunds.find($0.refund.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("PaymentMethods") { try await PaymentMethods.find($0.method.id, for: $1, in: $2) == nil ? 0 : 1 },
        Probe("Ledger") { seeded, tenant, tx in
            try await Ledger.balances(for: tenant, in: tx).isEmpty ? 0 : 1
        },
        Probe("AuditLog") {
            try await AuditLog.timeline(of: $0.client.subscription.id, for: $1, in: $2).count
        },
        Probe("Emails") { try await Emails.find($0.email, for: $1, in: $2) == nil ? 0 : 1 },
    ]

    @Test("the owner sees its rows, a stranger sees none, even where the code has forgotten to ask")
    func reading() async throws {
        try await Fixture.with { fixture in
            let seeded = try await seed(fixture)
            let forgetful = Tenant.system(reason: "forgotten")
            for probe in Self.probes {
                let own = try await fixture.store.read(as: fixture.one.tenant, actor: "test") { tx in
                    try await probe.visible(seeded, fixture.one.tenant, tx)
                }
                #expect(own == 1, "\(probe.name): the owner")
                let (asked, forgotten) = try await fixture.store.read(as: fixture.other.tenant, actor: "test") { tx in
                    (
                        try await probe.visible(seeded, fixture.other.tenant, tx),
                        try await probe.visible(seeded, forgetful, tx)
                    )
                }
                #expect(asked == 0, "\(probe.name): a stranger")
                #expect(forgotten == 0, "\(probe.name): a stranger, forgotten by the code")
            }
        }
    }

    @Test("a stranger cannot change a row it holds a copy of")
    func writing() async throws {
        try await Fixture.with { fixture in
            let seeded = try await seed(fixture)
            try await fixture.store.transaction(as: fixture.other.tenant, actor: "test") { tx in
                var subscription = seeded.client.subscription
                await #expect(throws: StaleRevision.self) { try await ManagedSubscriptions.save(&subscription, in: tx) }
                var entry = seeded.entry
                await #expect(throws: StaleRevision.self) { try await TimeEntries.save(&entry, in: tx) }
                var approval = seeded.approval
                await #expect(throws: StaleRevision.self) { try await Approvals.save(&approval, in: tx) }
                var invoice = seeded.invoice
                await #expect(throws: StaleRevision.self) { try await Invoices.save(&invoice, in: tx) }
                var payment = seeded.payment
                await #expect(throws: StaleRevision.self) { try await Payments.save(&payment, in: tx) }
                var refund = seeded.refund
                await #expect(throws: StaleRevision.self) { try await Refunds.save(&refund, in: tx) }
                let system = Tenant.system(reason: "forgotten")
                #expect(try await TimeEntries.delete(seeded.entry.id, for: system, in: tx) == false)
                #expect(try await Sites.delete(seeded.client.site.id, for: system, in: tx) == false)
                #expect(try await ApiKeys.revoke(seeded.key.id, for: system, in: tx) == false)
                #expect(try await Emails.markSent(seeded.email, in: tx) == false)
                let cleared = try await DeliveryFlags.clear(
                    .contentBehind,
                    on: .subscription(seeded.client.subscription.id),
                    because: "test",
                    for: system,
                    in: tx
                )
                #expect(!cleared)
            }
        }
    }

    @Test("a stranger cannot make a row for another account, nor hang its own on another's")
    func making() async throws {
        try await Fixture.with { fixture in
            let one = fixture.one
            let other = fixture.other
            func refusal(_ body: (PostgresTransaction) async throws -> Void) async -> SQLState? {
                state(
                    of: await failure {
                        try await fixture.store.transaction(as: other.tenant, actor: "test") { tx in try await body(tx)
                        }
                    }
                )
            }
            let domain = try #require(Domain("third.example"))
            let siteOfAnother = await refusal { tx in
                _ = try await Sites.create(
                    account: one.account.id,
                    domain: domain,
                    name: "third",
                    url: "https://third.example/",
                    in: tx
                )
            }
            #expect(siteOfAnother == .insufficientPrivilege)
            let entryOfAnother = await refusal { tx in
                try await Ledger.post(
                    LedgerEntry(
                        kind: .costIncurred,
                        key: "x",
                        effectiveOn: Fixture.day,
                        tags: LedgerTags(accountID: one.account.id),
                        lines: [
                            .debit(.costLinks, Money(minor: 1, currency: .usd)),
                            .credit(.vendorPayable, Money(minor: 1, currency: .usd)),
                        ]
                    ),
                    in: tx
                )
            }
            #expect(entryOfAnother == .insufficientPrivilege)
            let onAnothersSite = await refusal { tx in
                _ = try await ManagedSubscriptions.create(
                    account: other.account.id,
                    site: one.site.id,
                    tier: .lite,
                    monthlyPrice: Money(minor: 10_000, currency: .usd),
                    articlesPerMonth: 10,
                    serviceConfig: .defaults(for: .lite),
                    in: tx
                )
            }
            // The one subscription a site may have is seen by the index, the site itself is not: either way no row.
            #expect(onAnothersSite == nil || onAnothersSite == .foreignKeyViolation)
        }
    }

    @Test(
        "the database refuses a row whose site is not of its account, or whose sector is not of its site, from anybody"
    )
    func compositeKeys() async throws {
        try await Fixture.with { fixture in
            let (one, other) = (fixture.one, fixture.other)
            let attempts: [SQL] = [
                """
                insert into igny8_automation_configs (account_id, site_id, schedule, articles_per_run)
                values (\(other.account.id.rawValue), \(one.site.id.rawValue), 'weekly', 3)
                """,
                """
                insert into igny8_clusters (account_id, site_id, sector_id, name)
                values (\(other.account.id.rawValue), \(other.site.id.rawValue), \(one.sector.id.rawValue), 'x')
                """,
                """
                insert into igny8_delivery_flags (account_id, subscription_id, kind, subject_kind, subject_id)
                values (\(other.account.id.rawValue), \(one.subscription.id.rawValue), 'report_late', 'x', 1)
                """,
            ]
            for attempt in attempts {
                let error = await failure {
                    _ = try await fixture.store.batch(as: Fixture.system, actor: "test", [attempt])
                }
                #expect(state(of: error) == .foreignKeyViolation, "\(attempt)")
            }
        }
    }

    private func seed(_ fixture: Fixture) async throws -> Seeded {
        let client = fixture.one
        return try await fixture.store.transaction(as: client.tenant, actor: "user:1") { tx in
            let key = try await ApiKeys.create(
                account: client.account.id,
                name: "key",
                key: "ig8_secret",
                prefix: "ig8_1",
                scopes: [.sitesRead],
                expiresAt: nil,
                createdBy: client.owner.id,
                in: tx
            )
            try await OnboardingSteps.save(Onboarding(), of: client.subscription.id, account: client.account.id, in: tx)
            _ = try await Intakes.put(
                Intake(siteURL: client.site.url),
                of: client.subscription.id,
                account: client.account.id,
                by: nil,
                in: tx
            )
            let entry = try #require(
                try await TimeEntries.create(
                    subscription: client.subscription.id,
                    staff: client.owner.id,
                    minutes: 30,
                    date: Fixture.day,
                    note: "call",
                    createdBy: nil,
                    for: client.tenant,
                    in: tx
                )
            )
            try await DeliveryFlags.raise(
                .contentBehind,
                on: .subscription(client.subscription.id),
                subscription: client.subscription.id,
                account: client.account.id,
                detail: "4 of 9",
                in: tx
            )
            let approval = try await Approvals.request(
                .blueprint,
                1,
                account: client.account.id,
                subscription: client.subscription.id,
                in: tx
            )
            let method = try await PaymentMethods.add(
                account: client.account.id,
                kind: .stripe,
                providerReference: "pm_1",
                displayName: "Visa",
                isVerified: true,
                in: tx
            )
            var invoice = try await Fixture.issue(client, month: 0, in: tx)
            let payment = try await Fixture.pay(&invoice, in: tx)
            let refund = try await Refunds.create(
                of: payment.value,
                amount: Money(minor: 1, currency: .usd),
                reason: "test",
                on: Fixture.day,
                in: tx
            )
            let email = try #require(
                try await Emails.queue(
                    .welcome,
                    uniqueKey: "welcome:1",
                    account: client.account.id,
                    from: "house@igny8.example",
                    to: [client.account.billingEmail],
                    subject: "Welcome",
                    text: "Hello",
                    messageDomain: "igny8.example",
                    in: tx
                )
            )
            try await AuditLog.record(
                AuditEvent(
                    .created,
                    account: client.account.id,
                    subjectKind: "managed_subscription",
                    subjectID: client.subscription.id.rawValue,
                    subscription: client.subscription.id
                ),
                in: tx
            )
            return Seeded(
                client: client,
                key: key,
                approval: approval,
                entry: entry,
                invoice: invoice,
                payment: payment,
                refund: refund,
                method: method,
                email: email
            )
        }
    }
}
