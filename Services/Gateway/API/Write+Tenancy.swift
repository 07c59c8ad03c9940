import DomainModel
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

extension Write {
    /// 201 with the new row and its address.
    func created(_ resource: Resource, _ id: Int64, at path: String) async throws -> Answer {
        try await answer(resource, id, status: .created).with(header: .location, "\(Endpoint.root)\(path)\(id)/")
    }

    /// Whose row is being made: the caller's own account, or the one that staff name.
    func account(named body: JSON) async throws -> Account.ID {
        guard let id = body["account_id"]?.integer, id != identity.accountID else { return identity.account }
        guard identity.isStaff, try await Accounts.find(.init(id), for: tenant, in: tx) != nil else {
            throw Problem.invalid("account_id", "an account you may act for")
        }
        return .init(id)
    }

    /// 403 when the plan has no room for one more. Holds under concurrency, because the account's row is locked first.
    func requireRoom(_ what: PlanLimit, in account: Account.ID) async throws {
        guard let stored = try await Accounts.find(account, for: tenant, lock: .forUpdate, in: tx) else {
            throw Problem.notFound
        }
        let held =
            what == .sites
            ? try await Sites.count(of: account, in: tx) : try await Users.count(of: account, in: tx)
        let gate = FeatureGate(plans: try await Plans.all(in: tx).map(\.value))
        guard case .refused(let refusal) = gate.decide(roomFor: what, beside: held, on: stored.plan) else { return }
        if !identity.isStaff {
            call.services.usage.count(
                FeatureUsage.Decision(refusal, accountID: account, endpoint: call.endpoint.label)
            )
        }
        throw refusal
    }

    /// 403 when a flag is off for an account.
    func require(_ flag: FeatureFlag, account: Account.ID) async throws {
        guard try await FeatureFlags.isEnabled(flag, for: account, in: tx) else {
            throw Problem.featureDisabled(flag.rawValue)
        }
    }
}

extension JSON {
    var names: [String] {
        guard case .object(let members) = self else { return [] }
        return members.keys.sorted()
    }
}
