import DomainModel
import Foundation
import Testing

@testable import ReportDesign

@Suite("Report data")
struct DataTests {
    @Test("What is stored reads back as it was, in the order that jsonb keeps")
    func roundTrip() throws {
        let data = ReportData(
            subject: ReportSubject(
                siteID: 7,
                name: "Hartwell",
                domain: "h.example",
                url: "https://h.example",
                timeZone: "Europe/London",
                currency: .gbp,
                tier: "pro"
            ),
            period: ReportPeriod(.monthly, containing: CalendarDay(year: 2026, month: 10, day: 5)!),
            gatheredAt: Date(timeIntervalSince1970: 1_793_600_000),
            sections: [.traffic, .content]
        )
        #expect(data.sections == [.content, .traffic])
        let json = data.json
        let back = try ReportData(json: json)
        #expect(back == data)
        #expect(back.json == json)
        #expect(json.contains(#""site_id":7"#))
    }
}
