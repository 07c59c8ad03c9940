import DomainModel
import Foundation
import Testing

@testable import Sandbox

@Suite("Ahrefs, as it is played") struct AhrefsSiteTests {
    /// 2026-09-17.
    private static let day = 20_713

    @Test(
        "a domain's story is the same whenever it is told; with the days links appear and are lost, and figures drift"
    )
    func story() {
        let site = AhrefsSite("banner-printing.example")
        let (before, after) = (site.links(until: Self.day), site.links(until: Self.day + 92))
        #expect(before.map(\.urlFrom) == AhrefsSite("banner-printing.example").links(until: Self.day).map(\.urlFrom))
        #expect(Set(before.map(\.urlFrom)).isSubset(of: after.map(\.urlFrom)))
        #expect(after.count > before.count, "links appear")
        let lost = after.filter { ($0.lostOn ?? 0) > Self.day }
        #expect(!lost.isEmpty && lost.allSatisfy { $0.firstSeen < $0.lostOn ?? 0 }, "and are lost")
        let traffic = (0..<13).map { site.traffic(on: Self.day + 7 * $0) }
        #expect(Set(traffic).count > 6 && site.traffic(on: Self.day) == traffic[0])
        // Within a fifth of a year's fate and weather.
        #expect(traffic.allSatisfy { abs($0 - traffic[0]) * 100 <= traffic[0] * 20 })
        let ratings = (0..<13).map { site.ratingTenths(referringDomains: 40, on: Self.day + 7 * $0) }
        #expect(Set(ratings).count > 1 && ratings.allSatisfy { (1...990).contains($0) })
        #expect(
            site.ratingTenths(referringDomains: 500, on: Self.day)
                > site.ratingTenths(referringDomains: 5, on: Self.day)
        )
    }

    @Test("competitors share publishers, so that there are prospects")
    func publishers() {
        let domains = ["one.example", "two.example", "three.example"]
        let sources = domains.map { Set(AhrefsSite($0).links(until: Self.day).map(\.domainFrom)) }
        #expect(sources.allSatisfy { $0.count > 15 })
        let pairs = [(0, 1), (0, 2), (1, 2)]
        #expect(pairs.contains { !sources[$0].intersection(sources[$1]).isEmpty })
    }

    @Test(
        "a filter holds as Ahrefs' does",
        arguments: [
            (#"{"and":[{"field":"is_dofollow","is":["eq",true]},{"field":"dr","is":["gte",30]}]}"#, true),
            (#"{"or":[{"field":"dr","is":["lt",30]},{"field":"name","is":["suffix",".example"]}]}"#, true),
            (#"{"not":{"field":"lost","is":"is_null"}}"#, false),
            (#"{"field":"name","is":["isubstring","GARDEN"]}"#, true), (#"{"field":"dr","is":["eq",30.5]}"#, true),
            (#"{"field":"name","is":["neq","garden.example"]}"#, false),
        ]
    )
    func filters(text: String, holds: Bool) throws {
        let row: [String: AhrefsJSON] = [
            "is_dofollow": true, "dr": .number(30.5), "name": "garden.example", "lost": .null,
        ]
        #expect(try AhrefsWhere(text).holds(row) == holds)
    }

    @Test(
        "what is no filter is refused",
        arguments: ["", "[]", #"{"field":"a"}"#, #"{"field":"a","is":["like","b"]}"#, #"{"and":[{"is":["eq",1]}]}"#]
    )
    func refused(text: String) {
        #expect(throws: AhrefsProblem.self) { try AhrefsWhere(text) }
    }
}
