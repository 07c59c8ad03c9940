import Testing

@testable import Sandbox

@Suite struct FaultTests {
    @Test(
        "patterns match calls as globs",
        arguments: [
            ("POST /v1/invoices/*/pay", "POST /v1/invoices/in_1/pay", true),
            ("POST /v1/invoices/*/pay", "GET /v1/invoices/in_1/pay", false),
            ("POST /v1/invoices/*", "POST /v1/invoices/in_1/pay", false),
            ("POST /v1/invoices/**", "POST /v1/invoices/in_1/pay", true),
            ("**", "GET /anything", true),
            ("* /v1/refunds", "POST /v1/refunds", true),
            ("POST /v1/refunds", "POST /v1/refunds/re_1", false),
            ("RCPT *@example.com", "RCPT a@example.com", true),
        ]
    )
    func patterns(_ pattern: String, _ call: String, _ matches: Bool) {
        #expect(FaultPattern.matches(pattern, call) == matches)
    }

    @Test("chance is the same each time it is asked")
    func seeded() {
        let fault = Fault(
            id: 1,
            provider: .stripe,
            match: "**",
            kind: .reset,
            probability: 0.3,
            seed: 11,
            seen: 0,
            hits: 0
        )
        let struck = (1...1_000 as ClosedRange<Int64>).map { fault.strikes(call: $0) }
        #expect(struck == (1...1_000).map { fault.strikes(call: $0) })
        #expect((240...360).contains(struck.count { $0 }))
    }
}
