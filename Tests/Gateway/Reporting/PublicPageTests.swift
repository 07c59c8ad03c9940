import Crypto
import DomainModel
import FileStore
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Gateway

@Suite("Pages for who holds a report", .timeLimit(.minutes(3)))
struct PublicPageTests {
    private static func page(_ name: String) -> String { "/v/" + IssuedPaper.code(name) }

    /// Sends a request to a host of another name.
    private static func speak(
        _ request: String,
        host: String,
        _ gateway: TestGateway
    ) async throws -> String {
        try await gateway.speak("\(request) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
    }

    private static func form(_ bytes: [UInt8], boundary: String = "xYz", named: String = "document") -> [UInt8] {
        Array(
            """
            --\(boundary)\r
            Content-Disposition: form-data; name="note"\r
            \r
            hello\r
            --\(boundary)\r
            Content-Disposition: form-data; name="\(named)"; filename="a.pdf"\r
            Content-Type: application/pdf\r
            \r\n
            """.utf8
        ) + bytes + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    private static let type = [(name: "Content-Type", value: "multipart/form-data; boundary=xYz")]

    @Test("says who issued what, when, and its hash, under the brand and without the house; other codes are 404")
    func page() async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.send(.get, Self.page("one"))
            #expect(answer.status == 200 && answer.header("Content-Type") == "text/html; charset=utf-8")
            let hash = ContentHash(of: IssuedPaper.pdf("one")).hex
            for text in ["Agency one &amp; Sons", "one.example", "2026-09-14 to 2026-09-20", hash, "color: #000000"] {
                #expect(answer.text.contains(text), "\(text)")
            }
            let whole = (answer.text + "\(answer.response.headers)").lowercased()
            #expect(!whole.contains("igny8") && !whole.contains("alorig"))
            #expect(answer.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
            #expect(!answer.text.contains("<script"))
            for code in ["0000000000000000", "short", "UUUUUUUUUUUUUUUU", "..%2f..%2fetc"] {
                let unknown = try await gateway.send(.get, "/v/" + code)
                #expect(unknown.status == 404 && unknown.text.hasPrefix("<!DOCTYPE html>"), "\(unknown.text)")
                #expect(!unknown.text.lowercased().contains("igny8"))
            }
            let typed = IssuedPaper.code("one").lowercased().replacing("0", with: "o")
            #expect(try await gateway.send(.get, "/v/" + typed).status == 200)
        }
    }

    @Test("a file or its hash is the report, an earlier edition of it, or neither")
    func verdicts() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await IssuedPaper.finish(again: one.report, "one", account: one.account, in: tx)
            }
            let (old, new) = (IssuedPaper.pdf("one"), IssuedPaper.pdf("one", edition: 2))
            let words = [(new, "byte for byte"), (old, "edition 1"), (new + [0], "No: this file is not")]
            for (bytes, word) in words {
                let hash = ContentHash(of: bytes).hex
                let asked = try await gateway.send(.get, Self.page("one") + "?sha256=" + hash)
                #expect(asked.status == 200 && asked.text.contains(word), "\(word)")
                let sent = try await gateway.raw(.post, Self.page("one"), Self.form(bytes), headers: Self.type)
                #expect(sent.status == 200 && sent.text.contains(word), "\(word): \(sent.text)")
                let plain = try await gateway.raw(
                    .post,
                    Self.page("one"),
                    bytes,
                    headers: [("Content-Type", "application/pdf")]
                )
                #expect(plain.text.contains(word))
            }
            #expect(try await gateway.send(.get, Self.page("one") + "?sha256=abc").status == 400)
            let json = try await gateway.raw(.post, Self.page("one"), Array("{}".utf8))
            #expect(json.status == 415 && json.text.hasPrefix("<!DOCTYPE"))
            let cut = try await gateway.raw(
                .post,
                Self.page("one"),
                Array(Self.form(new).dropLast(20)),
                headers: Self.type
            )
            #expect(cut.status == 422)
            let long = try await gateway.speak(
                "POST \(Self.page("one")) HTTP/1.1\r\nHost: gateway.test\r\nContent-Type: application/pdf\r\n"
                    + "Content-Length: \(FileHash.largest + 1)\r\nConnection: close\r\n\r\nxxxx"
            )
            #expect(long.hasPrefix("HTTP/1.1 413 "), "\(long.prefix(200))")
        }
    }

    @Test("a form's file is the same in pieces of any size, whatever is in it", arguments: [1, 2, 3, 7, 64, 10_000])
    func pieces(size: Int) throws {
        let bytes = Array("\r\n--xY\r\n--xYx\r\n\r\n--".utf8) + (0...255).map { UInt8($0) } + Array("\r\n--xY".utf8)
        let form = Self.form(bytes)
        var file = try #require(FormFile(contentType: "Multipart/Form-Data; charset=x; boundary=\"xYz\""))
        var found: [UInt8] = []
        for start in stride(from: 0, to: form.count, by: size) {
            file.feed(Array(form[start..<min(form.count, start + size)])) { found += $0 }
        }
        #expect(found == bytes && file.isComplete)
        #expect(FormFile(contentType: "application/json") == nil)
        #expect(FormFile(contentType: "multipart/form-data") == nil)
    }

    @Test("a brand's domain serves its own pages and nothing else, and names the house nowhere")
    func domains() async throws {
        try await TestGateway.with { gateway in
            let host = "reports.one.example"
            let own = try await Self.speak("GET \(Self.page("one"))", host: "\(host):443", gateway)
            #expect(own.hasPrefix("HTTP/1.1 200") && own.contains("Agency one"))
            let paths = [
                "/", "/docs/", "/openapi.json", "/api/v1/sites/", "/api/v1/auth/login/", Self.page("other"),
                "/robots.txt",
                "/caddy/ask", "/r/none", "/v/",
            ]
            for path in paths {
                let answer = try await Self.speak("GET \(path)", host: host, gateway)
                #expect(answer.hasPrefix("HTTP/1.1 404"), "\(path): \(answer.prefix(100))")
                #expect(!answer.lowercased().contains("igny8") && answer.contains("<!DOCTYPE html>"), "\(path)")
            }
            #expect(try await Self.speak("DELETE \(Self.page("one"))", host: host, gateway).hasPrefix("HTTP/1.1 405"))
            // Other hosts are the house; a brand that is switched off is no host with the next request.
            #expect(try await Self.speak("GET /docs/", host: "gateway.test", gateway).hasPrefix("HTTP/1.1 200"))
            #expect(
                try await Self.speak("GET /docs/", host: "reports.nobody.example", gateway).hasPrefix("HTTP/1.1 200")
            )
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                _ = try await tx.query(
                    "update igny8_agency_brandings set is_active = false where custom_domain = \(host)"
                )
            }
            #expect(try await Self.speak("GET /docs/", host: host, gateway).hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("a mailed link opens just what was mailed, as often as it is followed, until its time is over")
    func links() async throws {
        try await TestGateway.with { gateway in
            let one = gateway.people.one
            let bytes = IssuedPaper.pdf("one")
            let token = try await gateway.store.transaction(as: .account(one.account), actor: "test") { tx in
                try await ReportFiles.link(to: one.report, ContentHash(of: bytes), account: one.account, in: tx)
            }
            let stored: Int64 = try await gateway.value(
                "select count(*) from igny8_report_links where token_hash = \(TokenHash.of(token))"
            )
            #expect(stored == 1)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                try await IssuedPaper.finish(again: one.report, "one", account: one.account, in: tx)
            }
            for _ in 0..<2 {
                let answer = try await gateway.send(.get, "/r/" + token)
                #expect(answer.status == 200 && answer.body == bytes)
            }
            let part = try await gateway.send(.get, "/r/" + token, headers: [("Range", "bytes=0-3")])
            #expect(part.status == 206 && part.text == "%PDF")
            #expect(try await gateway.send(.get, "/r/" + token + "x").status == 404)
            let host = "reports.other.example"
            #expect(try await Self.speak("GET /r/\(token)", host: host, gateway).hasPrefix("HTTP/1.1 404"))
            #expect(
                try await Self.speak("GET /r/\(token)", host: "reports.one.example", gateway).hasPrefix("HTTP/1.1 200")
            )
            try await gateway.test.owner.transaction(settings: TestGateway.system.settings(actor: "test")) { tx in
                _ = try await tx.query("update igny8_report_links set expires_at = now()")
            }
            let over = try await gateway.send(.get, "/r/" + token)
            #expect(over.status == 410 && over.text.contains("<!DOCTYPE html>"))
        }
    }

    @Test("Caddy is told of our host and of active brands, with the key alone")
    func caddy() async throws {
        try await TestGateway.with({ $0.caddyKey = "between us" }) { gateway in
            func ask(_ domain: String, key: String = "between%20us") async throws -> Int {
                let answer = try await gateway.send(.get, "/caddy/ask?domain=\(domain)&key=\(key)")
                return answer.status
            }
            #expect(try await ask("reports.one.example") == 200)
            #expect(try await ask("REPORTS.one.example") == 200)
            #expect(try await ask("gateway.test") == 200)
            #expect(try await ask("nobody.example") == 404)
            #expect(try await ask("one.example") == 404)
            #expect(try await ask("10.0.0.1") == 404)
            #expect(try await ask("reports.one.example", key: "guess") == 404)
            #expect(try await gateway.send(.get, "/caddy/ask?domain=reports.one.example").status == 404)
            try await gateway.store.transaction(as: TestGateway.system, actor: "test") { tx in
                _ = try await tx.query(
                    "update igny8_accounts set status = 'suspended' where id = \(gateway.people.one.account.rawValue)"
                )
            }
            #expect(try await ask("reports.one.example") == 404)
        }
        try await TestGateway.with { gateway in
            let answer = try await gateway.send(.get, "/caddy/ask?domain=reports.one.example&key=")
            #expect(answer.status == 404)
        }
    }
}
