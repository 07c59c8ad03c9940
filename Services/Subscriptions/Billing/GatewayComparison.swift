import DomainModel
import Foundation
import JobQueue
import Persistence
import Postgres

/// One kind of thing at one gateway, compared with our books.
struct GatewayComparison {
    let office: Office
    let gateway: any PaymentGateway
    let subject: GatewayDifference.Subject
    let context: JobContext

    func run(_ window: Range<Date>, _ tally: inout ReconciliationTally) async throws {
        var seen: Set<String> = []
        var cursor: String?
        repeat {
            let page = try await gateway.movements(of: subject, in: window, after: cursor)
            seen.formUnion(page.movements.map(\.reference))
            tally.compared += page.movements.count
            try await compare(page.movements, &tally)
            cursor = page.next
        } while cursor != nil
        try await lookForMissing(in: window, beside: seen, &tally)
    }

    /// A page of the gateway's list against our rows of the same names.
    private func compare(_ movements: [ProviderMovement], _ tally: inout ReconciliationTally) async throws {
        guard !movements.isEmpty else { return }
        var differing = try await differences(among: movements).filter { !$0.movement.isVoid || $0.ours != nil }
        var healed: [GatewayDifference] = []
        for difference in differing where try await heal(difference.movement) { healed.append(difference.difference) }
        if !healed.isEmpty {
            let still = try await differences(among: differing.map(\.movement))
            let open = Set(still.map(\.movement.reference))
            healed.removeAll { open.contains($0.reference) }
            differing = still.filter { !$0.movement.isVoid || $0.ours != nil }
        }
        let left = differing.map(\.difference)
        let references = movements.map(\.reference)
        try await office.transaction(context) { [healed, left] tx in
            // A difference that was healed stands in the table as well: it was one, and why it is none any more.
            try await GatewayDifferences.note(healed, in: tx)
            try await GatewayDifferences.clear(
                subject,
                at: gateway.kind,
                references: healed.map(\.reference),
                because: "what the gateway told was applied",
                in: tx
            )
            let agreeing = Set(references).subtracting(left.map(\.reference))
            try await GatewayDifferences.clear(
                subject,
                at: gateway.kind,
                references: agreeing.sorted(),
                because: "both sides agree",
                in: tx
            )
            try await GatewayDifferences.note(left, in: tx)
        }
        tally.healed += healed.count
        tally.different += left.count
    }

    private struct Differing {
        let movement: ProviderMovement
        let ours: GatewayDifferences.OurSide?
        let difference: GatewayDifference
    }

    private func differences(among movements: [ProviderMovement]) async throws -> [Differing] {
        let rows = try await office.read(context) { tx in
            try await GatewayDifferences.ours(
                subject,
                at: gateway.kind,
                references: movements.map(\.reference),
                in: tx
            )
        }
        let ours = Dictionary(rows.map { ($0.reference, $0) }) { first, _ in first }
        return movements.compactMap { movement in
            let mine = ours[movement.reference]
            return difference(movement.reference, ours: mine, theirs: movement).map {
                Differing(movement: movement, ours: mine, difference: $0)
            }
        }
    }

    private func difference(
        _ reference: String,
        ours: GatewayDifferences.OurSide?,
        theirs: ProviderMovement?
    ) -> GatewayDifference? {
        GatewayDifference.kind(ours: ours?.side, theirs: theirs?.side).map { kind in
            GatewayDifference(
                provider: gateway.kind,
                subject: subject,
                kind: kind,
                reference: reference,
                accountID: ours?.accountID,
                paymentID: ours?.paymentID,
                ours: ours?.side.text,
                theirs: theirs?.side.text
            )
        }
    }

    /// Takes the effect of the event that would have told of something.
    private func heal(_ movement: ProviderMovement) async throws -> Bool {
        let notice = try await gateway.notice(of: movement)
        let sight = try await office.look(behind: notice, at: gateway.kind)
        guard case .nothing = sight else {
            return try await office.transaction(context) { tx in
                try await office.apply(notice, sight, at: gateway.kind, in: tx).outcome == .applied
            }
        }
        return false
    }

    /// What our books have of the window and the list left out. The list may cut a window by other times than we do, so
    /// each such thing is asked for by its name before it counts as missing.
    private func lookForMissing(
        in window: Range<Date>,
        beside seen: Set<String>,
        _ tally: inout ReconciliationTally
    ) async throws {
        // What was settled in the last hours may not be listed yet: PayPal's search is up to three hours late.
        let settled = window.lowerBound..<window.upperBound.addingTimeInterval(-4 * 3_600)
        guard !settled.isEmpty else { return }
        let ours = try await office.read(context) { tx in
            try await GatewayDifferences.ours(subject, at: gateway.kind, settledIn: settled, in: tx)
        }
        var left: [GatewayDifference] = []
        var agreeing: [String] = []
        for mine in ours where !seen.contains(mine.reference) {
            let theirs = try await gateway.movement(of: subject, mine.reference, attempt: nil)
            if let found = difference(mine.reference, ours: mine, theirs: theirs) {
                left.append(found)
            } else {
                agreeing.append(mine.reference)
            }
        }
        try await office.transaction(context) { [left, agreeing] tx in
            try await GatewayDifferences.clear(
                subject,
                at: gateway.kind,
                references: agreeing,
                because: "both sides agree",
                in: tx
            )
            try await GatewayDifferences.note(left, in: tx)
        }
        tally.different += left.count
    }
}
