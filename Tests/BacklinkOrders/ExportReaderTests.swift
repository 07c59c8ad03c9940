import DomainModel
import JobQueue
import Persistence
import Postgres
import Testing

@testable import BacklinkOrders

@Suite("Exports of marketplaces", .timeLimit(.minutes(3))) struct ExportReaderTests {
    /// The lines of a text that comes in pieces of a size.
    private func lines(_ text: String, _ reader: some ExportReader, by size: Int) -> [ExportLine] {
        var reader = reader
        let bytes = Array(text.utf8)
        var lines: [ExportLine] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines += reader.take(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        return lines + reader.finish()
    }

    @Test("a table is read alike however it is cut", arguments: [1, 2, 3, 7, 1_000])
    func table(size: Int) {
        let text =
            "\u{FEFF}Domain;Price;\"Sample URL\"\r\na.example;10;\"x \"\"y\"\";\nz\"\r\n\r\nb.example;20\nc.example;1;2;3\nd.example;5;"
        let lines = lines(text, CSVReader(), by: size)
        #expect(lines.map { $0.fields?["domain"] } == ["a.example", "b.example", nil, "d.example"])
        #expect(lines.first?.fields?["sample url"] == "x \"y\";\nz")
        #expect(lines.map(\.number) == [2, 4, 5, 6])
    }

    @Test("objects are read alike in an array and one a line, however cut", arguments: [1, 3, 1_000])
    func objects(size: Int) {
        let objects = [
            "{\"domain\": \"a.example\", \"price\": 10.50, \"tags\": [{\"x\": \"}\"}]}",
            "{\"domain\": \"b\\\"}.example\", \"dr\": 40}",
            "{\"domain\": }", "{\"url\": \"c.example\", \"price\": null, \"linkFollow\": true}",
        ]
        for text in ["[\(objects.joined(separator: ",\n"))]", objects.joined(separator: "\n")] {
            let lines = lines(text, JSONLinesReader(), by: size)
            #expect(lines.map { $0.fields != nil } == [true, true, false, true])
            #expect(lines[0].fields?["price"] == "10.5" && lines[1].fields?["dr"] == "40")
            #expect(lines[3].fields?["linkfollow"] == "true")
        }
        #expect(lines("[{\"domain\": \"a", JSONLinesReader(), by: size).map { $0.fields == nil } == [true])
    }

    @Test("an open quote costs its line, not the file")
    func openQuote() {
        let rest = String(repeating: "x.example,1\n", count: 8_000)
        let lines = lines("domain,price\na.example,\"1\n\(rest)", CSVReader(), by: 4_096)
        #expect(lines.first?.fields == nil)
        #expect(lines.last?.fields?["domain"] == "x.example")
    }

    @Test("a line is read leniently as to names, strictly as to values")
    func listings() throws {
        func listing(_ fields: [String: String]) throws -> PublisherListing {
            try PublisherListing(fields: fields, marketplace: .fatgrid, niches: ["general", "tech_saas"])
        }
        let full = try listing([
            "url": " https://www.News.example/x ", "bestprice": "$1,250.50", "domain_rating": "44.0",
            "organic traffic": "12,000",
            "country": "gb", "niche": "tech_saas", "linkfollow": "false", "tat": "7",
        ])
        #expect(full.domain.name == "news.example" && full.price.decimalString == "1250.50" && full.dr == 44)
        #expect(
            full.traffic == 12_000 && full.country == "GB" && full.niche == "tech_saas" && full.linkRel == "nofollow"
        )
        #expect(try listing(["domain": "a.example", "price": "5", "niche": "gardening"]).niche == "general")
        let wrong: [([String: String], String)] = [
            (["price": "5"], "domain"), (["domain": "a.example"], "price"),
            (["domain": "a.example", "price": "cheap"], "price"),
            (["domain": "a.example", "price": "5", "dr": "101"], "dr"),
            (["domain": "a.example", "price": "5", "currency": "XXX"], "currency"),
            (["domain": "a.example", "price": "5", "country": "GBR"], "country"),
            (["domain": "a.example", "price": "-5"], "price"),
            (["domain": "a.example", "price": "5", "link_rel": "maybe"], "link_rel"),
        ]
        for (fields, column) in wrong {
            let fault = #expect(throws: PublisherRowFault.self) { try listing(fields) }
            #expect(fault?.column == column)
        }
    }

    @Test("20,000 lines are taken in with each line's fault; again, all are known")
    func wholeImport() async throws {
        try await LinkHouse.open { house in
            var text = "domain,price,dr,country\n"
            for number in 0..<20_000 {
                text +=
                    number % 1_000 == 7
                    ? "site-\(number).example,free,1,US\n"
                    : "site-\(number).example,\(number % 90 + 10),\(number % 100),US\n"
            }
            let content = Array(text.utf8)
            for (new, known) in [(19_980, 0), (0, 19_980)] {
                let id = try await house.transaction { tx in
                    let id = try await PublisherImports.store(
                        content,
                        format: "csv",
                        of: .fatgrid,
                        createdBy: nil,
                        in: tx
                    )
                    try await house.producer.enqueue(BacklinkOrdersJobs.importPublishers(id), in: tx)
                    return id
                }
                try await house.settle()
                let result = try await house.transaction { tx in
                    try await tx.query(
                        """
                        select (result ->> 'new')::bigint as new, (result ->> 'known')::bigint as known,
                            (result ->> 'failed')::bigint as failed, result #>> '{errors,0,message}' as message,
                            (result #>> '{errors,0,row}')::bigint as row,
                            (select count(*) from igny8_publisher_import_parts) as parts
                        from igny8_publisher_imports where id = \(id)
                        """
                    )[0]
                }
                #expect(try result.decode("new", as: Int64.self) == Int64(new))
                #expect(try result.decode("known", as: Int64.self) == Int64(known))
                #expect(try result.decode("failed", as: Int64.self) == 20)
                #expect(try result.decode("row", as: Int64.self) == 9)
                #expect(try result.decode("message", as: String.self) == "price: expected an amount in USD")
                #expect(try result.decode("parts", as: Int64.self) == 0)
            }
        }
    }

    @Test("An import that was interrupted goes on where it was, and counts as one run")
    func interruptedImport() async throws {
        try await LinkHouse.open { house in
            let text = (0..<50).reduce(into: "domain,price\n") { text, number in
                text += number == 12 ? "site-12.example,free\n" : "site-\(number).example,\(number + 10)\n"
            }
            try await house.transaction { tx in
                let id = try await PublisherImports.store(
                    Array(text.utf8),
                    format: "csv",
                    of: .fatgrid,
                    createdBy: nil,
                    in: tx
                )
                // An attempt before this one wrote the first twenty lines, one of them wrong, and died.
                let domains = try (0..<20).filter { $0 != 12 }.map { try #require(Domain("site-\($0).example")) }
                let listings = try domains.map { domain in
                    try PublisherListing(
                        fields: ["domain": domain.name, "price": "10"],
                        marketplace: .fatgrid,
                        niches: ["general"]
                    )
                }
                _ = try await Publishers.upsert(listings, in: tx)
                var kept = ImportPublishers.Outcome()
                (kept.rows, kept.new, kept.failed) = (20, 19, 1)
                let nothing: ImportPublishers.Outcome? = nil
                #expect(try await PublisherImports.advance(id, from: nothing, to: kept, in: tx))
                // Who believes nothing was done yet may not count it again.
                #expect(try await !PublisherImports.advance(id, from: nothing, to: kept, in: tx))
                try await house.producer.enqueue(BacklinkOrdersJobs.importPublishers(id), in: tx)
            }
            try await house.settle()
            let result = try await house.transaction { tx in
                try await tx.query("select result from igny8_publisher_imports")[0]
                    .decode("result", as: PostgresJSON.self).decode(ImportPublishers.Outcome.self)
            }
            #expect((result.rows, result.new, result.known, result.failed) == (50, 49, 0, 1))
            let prices = try await house.transaction { tx in
                try await tx.query("select price::text from igny8_publishers where domain = 'site-21.example'")[0]
                    .decode("price", as: String.self)
            }
            #expect(prices.hasPrefix("31"))
        }
    }
}
