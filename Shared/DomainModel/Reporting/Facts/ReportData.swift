public import Foundation

/// The facts of one report: one site, one period, by section (spec 7). What is stored in `service_reports.report_data` is
/// its ``json``; the PDF is made of it and of the design alone, and nothing in it is formatted or rounded for reading.
///
/// Counts are integers, money has its currency, days are days of the account's zone. The only prose is ``summary``.
public struct ReportData: Codable, Hashable, Sendable {
    /// Of the shape; raised when a stored report of before could no longer be read.
    public static let currentVersion = 1

    public var version = ReportData.currentVersion
    /// Whom the report is about.
    public var subject: ReportSubject
    /// The days it covers.
    public var period: ReportPeriod
    /// When its facts were gathered, in business time.
    public var gatheredAt: Date
    /// Those the client's configuration includes, in the order of spec 7.
    public var sections: [ReportSection]
    /// Nil where the configuration does not include the section.
    public var content: ReportPart<ContentFacts>?
    public var indexing: ReportPart<IndexingFacts>?
    public var rankings: ReportPart<RankingFacts>?
    public var traffic: ReportPart<TrafficFacts>?
    public var backlinks: ReportPart<BacklinkFacts>?
    public var social: ReportPart<SocialFacts>?
    public var sagHealth: ReportPart<StructureFacts>?
    public var nextMonth: ReportPart<NextMonthFacts>?
    /// What was lost, is late or failed. No configuration leaves it out (spec 11.11).
    public var losses: LossFacts
    /// What waits for the client.
    public var needs: [ReportNeed]
    /// Where the facts come from, and when each was last read.
    public var sources: [ReportSource]
    /// What each figure was computed from (spec 11.2).
    public var explanations: [ReportExplanation]
    /// The words of the first page: kept, so that the PDF can be made again; nil until they are written.
    public var summary: ReportSummary?

    /// The frame of a report, without any facts yet.
    public init(subject: ReportSubject, period: ReportPeriod, gatheredAt: Date, sections: [ReportSection]) {
        self.subject = subject
        self.period = period
        self.gatheredAt = gatheredAt
        self.sections = ReportSection.allCases.filter(sections.contains)
        losses = LossFacts()
        needs = []
        sources = []
        explanations = []
    }
}

extension ReportData {
    /// The one text of these facts: members in the order of their names, in snake case, nothing between them, moments in
    /// whole seconds. What is stored and hashed is this, and nothing else reads or writes it.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        // No floats and no types that could refuse: encoding cannot fail.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Reads ``json``, also as `jsonb` gives it back.
    public init(json: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .iso8601
        self = try decoder.decode(ReportData.self, from: Data(json.utf8))
    }
}

/// What is known for one section in the period.
public enum ReportPart<Facts: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    /// There are facts.
    case data(Facts)
    /// The module is in use and nothing happened: one line says so.
    case empty
    /// The module is not in use: the section is left out.
    case notInUse

    /// The facts, if there are any.
    public var facts: Facts? {
        if case .data(let facts) = self { facts } else { nil }
    }

    private enum CodingKeys: String, CodingKey { case state, facts }
    private enum State: String, Codable {
        case data, empty
        case notInUse = "not_in_use"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self =
            switch try container.decode(State.self, forKey: .state) {
            case .data: .data(try container.decode(Facts.self, forKey: .facts))
            case .empty: .empty
            case .notInUse: .notInUse
            }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .data(let facts):
            try container.encode(State.data, forKey: .state)
            try container.encode(facts, forKey: .facts)
        case .empty: try container.encode(State.empty, forKey: .state)
        case .notInUse: try container.encode(State.notInUse, forKey: .state)
        }
    }
}

/// Whom a report is about.
public struct ReportSubject: Codable, Hashable, Sendable {
    public var siteID: Int64
    /// The site's name: who the reader is.
    public var name: String
    public var domain: String
    public var url: String
    /// IANA: in which days are meant.
    public var timeZone: String
    /// The account's, ISO 4217.
    public var currency: Currency
    /// `lite` or `pro`; nil without a managed subscription.
    public var tier: String?

    public init(
        siteID: Int64,
        name: String,
        domain: String,
        url: String,
        timeZone: String,
        currency: Currency,
        tier: String?
    ) {
        self.siteID = siteID
        self.name = name
        self.domain = domain
        self.url = url
        self.timeZone = timeZone
        self.currency = currency
        self.tier = tier
    }

    private enum CodingKeys: String, CodingKey {
        case siteID = "siteId"
        case name, domain, url, timeZone, currency, tier
    }
}

/// A number now, and what it was; nil where it was not known then.
public struct Comparison: Codable, Hashable, Sendable {
    public var now: Int
    public var before: Int?

    public init(now: Int, before: Int?) {
        self.now = now
        self.before = before
    }

    /// How much it grew; nil where nothing is known of before.
    public var change: Int? { before.map { now - $0 } }
}

/// The same of an exact decimal, such as a Domain Rating.
public struct DecimalComparison: Codable, Hashable, Sendable {
    public var now: Ratio
    public var before: Ratio?

    public init(now: Ratio, before: Ratio?) {
        self.now = now
        self.before = before
    }
}

/// A number by what it counts.
public struct NamedCount: Codable, Hashable, Sendable {
    public var name: String
    public var count: Int

    public init(name: String, count: Int) {
        self.name = name
        self.count = count
    }
}
