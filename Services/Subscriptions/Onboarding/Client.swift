import DomainModel
import Foundation
import Persistence
import Postgres

/// A subscription with those it concerns, at one moment.
struct Client: Sendable {
    let subscription: ManagedSubscription
    let account: Account
    let site: Site
    /// Who is written to.
    let contact: Contact
    /// Business time.
    let now: Date

    var zone: TimeZone { account.timeZone }
    var today: CalendarDay { CalendarDay(of: now, in: zone) }
    var tierName: String { subscription.tier == .pro ? "Pro" : "Lite" }
}

/// Who of an account is written to.
struct Contact: Sendable {
    let name: String
    let email: EmailAddress
}

/// A row that must be there is not; the database's keys make that impossible for rows that were ever written.
struct MissingRow: Error, CustomStringConvertible {
    let what: String
    var description: String { "\(what) is missing" }
}

extension Office {
    func client(of subscription: ManagedSubscription, in tx: PostgresTransaction) async throws -> Client {
        let tenant = Tenant.account(subscription.accountID)
        guard let site = try await Sites.find(subscription.siteID, for: tenant, in: tx) else {
            throw MissingRow(what: "site \(subscription.siteID)")
        }
        let account = try await account(subscription.accountID, in: tx)
        return Client(
            subscription: subscription,
            account: account,
            site: site.value,
            contact: try await contact(of: account, in: tx),
            now: try await BusinessClock.now(in: tx)
        )
    }

    func account(_ id: Account.ID, in tx: PostgresTransaction) async throws -> Account {
        guard let account = try await Accounts.find(id, for: .account(id), in: tx) else {
            throw MissingRow(what: "account \(id)")
        }
        return account.value
    }

    /// The owner; the account's billing address while it has no people.
    func contact(of account: Account, in tx: PostgresTransaction) async throws -> Contact {
        try await contacts(of: [account], in: tx)[account.id]
            ?? Contact(name: account.name, email: account.billingEmail)
    }

    /// The same for several accounts; every one of them has an entry.
    func contacts(of accounts: [Account], in tx: PostgresTransaction) async throws -> [Account.ID: Contact] {
        let people = Dictionary(
            grouping: try await Users.contacts(of: Array(Set(accounts.map(\.id))), in: tx),
            by: \.accountID
        )
        let contacts = accounts.map { account in
            let own = people[account.id] ?? []
            guard let person = own.first(where: { $0.role == .owner }) ?? own.first else {
                return (account.id, Contact(name: account.name, email: account.billingEmail))
            }
            return (account.id, Contact(name: person.name.isEmpty ? account.name : person.name, email: person.email))
        }
        return Dictionary(contacts) { first, _ in first }
    }
}
