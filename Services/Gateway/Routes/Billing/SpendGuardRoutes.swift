import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import Persistence
import Postgres

/// Whether anything may be spent for an account (spec 9.8), and how staff let it go on.
enum SpendGuardRoutes {
    static let endpoints = [show, override]

    private static let show = Endpoint(
        .get,
        "accounts/{id}/spend-guard/",
        .staff,
        "getSpendGuard",
        "Whether paid vendor actions may be done for the account, and what it owes"
    ) { call in
        let id = Account.ID(try call.id())
        _ = try await call.read([])
        return try await call.services.store.read(as: call.tenant, actor: call.actor) { tx in
            guard try await Accounts.find(id, for: call.tenant, in: tx) != nil else { throw Problem.notFound }
            return answer(try await SpendGuards.read(id, in: tx))
        }
    }.with {
        $0.scope = .billingRead
        $0.answer = schema
    }

    private static let override = Endpoint(
        .post,
        "accounts/{id}/spend-guard/override/",
        .staff,
        "overrideSpendGuard",
        "Let paid vendor actions of a past-due account go on for a while, with a reason"
    ) { call in
        let id = Account.ID(try call.id())
        return try await call.write { write in
            guard try await Accounts.find(id, for: write.tenant, in: write.tx) != nil else { throw Problem.notFound }
            let (hours, reason) = (call.body["hours"]?.integer ?? 24, try call.body.text("reason"))
            let until = try await BusinessClock.now(in: write.tx).addingTimeInterval(Double(hours) * 3_600)
            try await SpendGuards.override(
                id,
                until: until,
                because: reason,
                by: write.identity.userID,
                in: write.tx
            )
            let answer = answer(try await SpendGuards.read(id, in: write.tx))
            try await write.audit(
                .spendAllowed,
                Subject("account", id.rawValue, account: id),
                Change(to: until.formatted(.iso8601), reason: reason)
            )
            return answer
        }
    }.with {
        $0.body = .named(
            "SpendOverride",
            .object([
                .required("reason", .text(10...500), "Stands in the audit log."),
                .optional("hours", .integer(1...336), "For how long; 24 when left out."),
            ])
        )
        $0.answer = schema
    }

    private static let schema = Schema.named(
        "SpendGuard",
        .object([
            .required("state", .oneOf(["open", "overridden", "closed"])),
            .required(
                "past_due",
                .array(
                    .object([.required("amount", ReadModel.Kind.money.schema), .required("currency", .currency)])
                )
            ),
            .required("past_due_since", .nullable(.time)),
            .required("overridden_until", .nullable(.time)),
        ])
    )

    private static func answer(_ guardian: SpendGuard) -> Answer {
        let (state, pastDue, until): (String, PastDue?, Date?) =
            switch guardian {
            case .open: ("open", nil, nil)
            case .overridden(let pastDue, let until): ("overridden", pastDue, until)
            case .closed(let pastDue): ("closed", pastDue, nil)
            }
        return .json { writer in
            writer.object { writer in
                writer.member("state", state)
                writer.key("past_due")
                writer.beginArray()
                for amount in pastDue?.amounts ?? [] {
                    writer.object { writer in
                        writer.member("amount", amount.decimalString)
                        writer.member("currency", amount.currency.code)
                    }
                }
                writer.endArray()
                writer.member("past_due_since", pastDue?.since.formatted(.iso8601))
                writer.member("overridden_until", until?.formatted(.iso8601))
            }
        }
    }
}

extension Write {
    /// 402 when nothing may be spent for an account now. Every route that pays a vendor asks here first.
    func requireSpendable(_ amount: Money, for account: Account.ID) async throws {
        try await SpendGuards.read(account, in: tx).allow(amount)
    }
}
