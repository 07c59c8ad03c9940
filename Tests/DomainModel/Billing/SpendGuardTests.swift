import DomainModel
import Foundation
import Testing

@Suite struct SpendGuardTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private var pastDue: PastDue {
        PastDue(amounts: [Money(minor: 39_900, currency: .usd)], since: now.addingTimeInterval(-86_400))
    }

    @Test("nothing past due, or an override that holds: spending goes on")
    func open() throws {
        try SpendGuard(nil, overriddenUntil: nil, now: now).allow(Money(minor: 1, currency: .usd))
        let later = now.addingTimeInterval(1)
        let overridden = SpendGuard(pastDue, overriddenUntil: later, now: now)
        #expect(overridden == .overridden(pastDue, until: later))
        try overridden.allow(Money(minor: 1, currency: .usd))
    }

    @Test("past due: nothing is spent, and the refusal names the money at risk in each currency")
    func closed() throws {
        for until in [nil, now, now.addingTimeInterval(-1)] {
            let closed = SpendGuard(pastDue, overriddenUntil: until, now: now)
            #expect(closed == .closed(pastDue))
            let refusal = #expect(throws: SpendStopped.self) { try closed.allow(Money(minor: 100, currency: .usd)) }
            #expect(refusal?.atRisk == [Money(minor: 40_000, currency: .usd)])
            let foreign = #expect(throws: SpendStopped.self) { try closed.allow(Money(minor: 7, currency: .eur)) }
            #expect(foreign?.description.contains("399.00 USD and 0.07 EUR at risk") == true)
            try closed.allow(.zero(.usd))
        }
    }
}
