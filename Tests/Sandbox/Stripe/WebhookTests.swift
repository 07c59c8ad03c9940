import Testing

@testable import Sandbox

@Suite struct WebhookTests {
    @Test("the signature is that of the golden vector")
    func goldenVector() {
        let signature = WebhookSignature.header(
            body: Array(#"{"id":"evt_1"}"#.utf8),
            secret: "whsec_test",
            time: 1_700_000_000
        )
        #expect(signature == "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925")
    }

    @Test("fair weather delivers each event once and at once")
    func fair() {
        let weather = WebhookWeather()
        for serial in 1...200 as ClosedRange<Int64> { #expect(weather.forecast(serial: serial) == [0]) }
    }

    @Test("bad weather doubles and delays about as many as it says, the same ones each time")
    func bad() {
        let weather = WebhookWeather(seed: 7, duplicates: 0.25, disorder: 0.5)
        let forecasts = (1...2_000 as ClosedRange<Int64>).map { weather.forecast(serial: $0) }
        #expect(forecasts == (1...2_000).map { weather.forecast(serial: $0) })
        #expect((400...600).contains(forecasts.count { $0.count == 2 }))
        #expect((900...1_100).contains(forecasts.count { $0[0] > 0 }))
        #expect(forecasts.allSatisfy { $0.allSatisfy { (0...240).contains($0) } })
        #expect(
            forecasts
                != (1...2_000).map { WebhookWeather(seed: 8, duplicates: 0.25, disorder: 0.5).forecast(serial: $0) }
        )
    }

    @Test(
        "versions older than basil are refused, newer ones spoken",
        arguments: [("2026-06-24.dahlia", true), ("2025-03-31.basil", true), ("2024-06-20", false), ("latest", false)]
    )
    func versions(_ version: String, _ isSpoken: Bool) {
        #expect(((try? StripeVersion.accepted(version)) != nil) == isSpoken)
    }

    @Test("the key is found in Bearer and in Basic")
    func keys() throws {
        #expect(StripeAuthentication.key("Bearer sk_test_1") == "sk_test_1")
        #expect(StripeAuthentication.key("Basic c2tfdGVzdF8xOg==") == "sk_test_1")
        #expect(throws: StripeError.self) { try StripeAuthentication.check(nil, against: nil) }
        #expect(throws: StripeError.self) { try StripeAuthentication.check("Bearer pk_1", against: nil) }
        #expect(throws: StripeError.self) { try StripeAuthentication.check("Bearer sk_2", against: "sk_1") }
        try StripeAuthentication.check("Bearer sk_1", against: "sk_1")
    }
}
