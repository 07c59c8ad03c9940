import Testing

@testable import Gateway

@Suite("JSON in and out")
struct JSONTests {
    @Test(
        "what is JSON is read, and written again it is the same value",
        arguments: [
            "null", "true", "-0.5e+10", "\"\\u00e9\\ud83d\\ude00\\n\"", "[1,[],{}]",
            #"{"a":{"b":[null,"x"]},"é":" \" "}"#, "  1  ",
        ]
    )
    func reads(text: String) throws {
        let value = try JSONReader.read(Array(text.utf8))
        #expect(try JSONReader.read(value.bytes) == value)
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "nul", "01", "1.", ".5", "+1", "1e", "[1,]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "\"\\x\"",
            "\"\\ud800\"",
            "\"\u{1}\"", "[", "1 2", "'a'", "NaN", "{\"a\":1,\"a\":1}", "\u{FEFF}1",
        ]
    )
    func refuses(text: String) {
        #expect(throws: JSONReader.Malformed.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test("bytes that are not UTF-8, and nesting without end, are refused, not crashed on")
    func hostile() {
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], Array(repeating: 0x5B, count: 100_000)] as [[UInt8]]
        {
            #expect(throws: JSONReader.Malformed.self) { try JSONReader.read(bytes) }
        }
    }

    @Test("random bytes never crash the reader")
    func random() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]",:0123456789.eE+-truefalsn\u "#.utf8)
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<40, using: &generator)
            let bytes = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            if let value = try? JSONReader.read(bytes) { #expect((try? JSONReader.read(value.bytes)) == value) }
        }
    }

    @Test("a merge patch replaces, removes with null, and merges objects (RFC 7396)")
    func merge() {
        let target: JSON = ["a": "b", "c": ["d": "e", "f": "g"]]
        #expect(target.merged(with: ["a": "z", "c": ["f": .null]]) == ["a": "z", "c": ["d": "e"]])
        #expect(target.merged(with: ["a": [1]]) == ["a": [1], "c": ["d": "e", "f": "g"]])
    }

    @Test(
        "formats take what is of their kind and nothing else",
        arguments: [
            (TextFormat.email, "a@b.example", true), (.email, "a@b", false), (.email, "a b@c.example", false),
            (.email, "a@b@c.example", false), (.domain, "example.com", true), (.domain, "Example.com", false),
            (.domain, "-a.com", false), (.money, "399.00", true), (.money, "399.001", false), (.money, "-1", false),
            (.money, "1e3", false), (.day, "2024-02-29", true), (.day, "2026-02-29", false), (.day, "2026-2-9", false),
            (.time, "2026-09-17T08:00:00Z", true), (.time, "2026-09-17T08:00:00.123+02:00", true),
            (.time, "yesterday", false), (.timeZone, "Europe/London", true), (.timeZone, "EST5EDT", false),
            (.timeZone, "Mars/Olympus", false), (.url, "https://a.example/x", true), (.url, "ftp://a.example", false),
            (.url, "https://", false), (.currency, "USD", true), (.currency, "usd", false),
        ]
    )
    func formats(format: TextFormat, text: String, isAccepted: Bool) {
        #expect(format.accepts(text) == isAccepted)
    }
}
