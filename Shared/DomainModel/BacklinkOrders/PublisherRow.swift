/// Why a line of an export is no listing.
public struct PublisherRowFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which column.
    public let column: String
    /// What was expected there.
    public let expected: String

    /// One sentence.
    public var description: String { "\(column): expected \(expected)" }
}

extension PublisherListing {
    /// Reads a line of a marketplace's export, leniently as to what columns are called and strictly as to what is in them.
    /// - Parameters:
    ///   - fields: by the column's name in lower case, as text.
    ///   - marketplace: whose export it is, where the line does not say.
    ///   - niches: those of the catalogue; what is none of them is `general`.
    public init(
        fields: [String: String],
        marketplace: Marketplace,
        niches: Set<String>
    ) throws(PublisherRowFault) {
        func field(_ names: String...) -> String? {
            for name in names {
                guard let text = fields[name] else { continue }
                let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
                if !trimmed.isEmpty { return String(trimmed) }
            }
            return nil
        }
        func number(_ range: ClosedRange<Int>, _ names: String...) throws(PublisherRowFault) -> Int? {
            for name in names {
                guard let text = field(name) else { continue }
                // 12,000 and 45.0 are numbers in exports; 4.5 of a DR is cut.
                let plain = text.filter { $0 != "," && $0 != " " }
                let whole = plain.prefix { $0 != "." }
                let rest = plain.dropFirst(whole.count).dropFirst()
                guard let value = Int(whole), range.contains(value), rest.allSatisfy(\.isNumber) else {
                    throw PublisherRowFault(
                        column: name,
                        expected: "a number from \(range.lowerBound) to \(range.upperBound)"
                    )
                }
                return value
            }
            return nil
        }
        func code(_ count: Int, _ expected: String, _ name: String) throws(PublisherRowFault) -> String? {
            guard let text = field(name) else { return nil }
            guard text.utf8.count == count, text.allSatisfy({ $0.isASCII && $0.isLetter }) else {
                throw PublisherRowFault(column: name, expected: expected)
            }
            return text
        }
        guard let address = field("domain", "url", "website", "site"), let domain = Domain(address) else {
            throw PublisherRowFault(column: "domain", expected: "a domain")
        }
        guard let currency = Currency(code: field("currency") ?? "USD") else {
            throw PublisherRowFault(column: "currency", expected: "an ISO 4217 code")
        }
        let amount = field("price", "best_price", "bestprice", "cost")?.filter { $0 != "$" && $0 != "," && $0 != " " }
        guard let amount, let price = try? Money(decimal: amount, currency: currency), !price.isNegative,
            price.minor <= 100_000_000_000
        else { throw PublisherRowFault(column: "price", expected: "an amount in \(currency.code)") }
        var named = marketplace
        if let text = field("marketplace") {
            guard let known = Marketplace(rawValue: text.lowercased()) else {
                throw PublisherRowFault(
                    column: "marketplace",
                    expected: "one of " + Marketplace.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            named = known
        }
        let rel = (field("link_rel", "link_type", "linkfollow", "link_follow") ?? "dofollow").lowercased()
        let rels = ["true": "dofollow", "false": "nofollow", "follow": "dofollow"]
        let linkRel = rels[rel] ?? rel
        guard ["dofollow", "nofollow", "sponsored", "ugc"].contains(linkRel) else {
            throw PublisherRowFault(column: "link_rel", expected: "dofollow, nofollow, sponsored or ugc")
        }
        let niche = field("niche", "category")?.lowercased() ?? "general"
        self.init(
            domain: domain,
            marketplace: named,
            country: try code(2, "an ISO 3166 code of two letters", "country")?.uppercased(),
            language: try code(2, "an ISO 639 code of two letters", "language")?.lowercased(),
            niche: niches.contains(niche) ? niche : "general",
            dr: try number(0...100, "dr", "domain_rating", "domain rating"),
            traffic: try number(
                0...1_000_000_000_000,
                "traffic",
                "organic_traffic",
                "organic traffic",
                "organictraffic"
            ),
            price: price,
            linkRel: linkRel,
            turnaroundDays: try number(0...365, "turnaround_days", "turnaround", "tat"),
            guaranteeMonths: try number(0...120, "guarantee_months", "guarantee"),
            sampleURL: field("sample_url", "sample url", "example").map { String($0.prefix(2_048)) },
            reference: field("reference", "id").map { String($0.prefix(200)) }
        )
    }
}
