import DomainModel
import EventLoop
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import TestSupport
import Testing
import WebClient

@testable import BacklinkOrders
@testable import Sandbox

/// Walks the sandbox's link corpus over real HTTP, as `verify_link` does.
@Suite("The link corpus", .timeLimit(.minutes(3))) struct CorpusTests {
    /// The share of a verdict's pages that must be found, and of those so judged that must be right. One page in twenty
    /// may be a matter of opinion; of `live` and `missing`, on which money hangs, hardly any.
    private static let floor = 0.95

    @Test("holds at least 120 pages, and each verdict several times")
    func size() {
        #expect(LinkCorpus.cases.count >= 120)
        let counts = Dictionary(grouping: LinkCorpus.cases) { $0.verdict ?? .live }.mapValues(\.count)
        for verdict in LinkVerdict.allCases { #expect(counts[verdict, default: 0] >= 2, "\(verdict)") }
    }

    @Test("is judged rightly, page by page")
    func verdicts() async throws {
        try await CorpusServer.open { publishers in
            let results = try await publishers.walk(LinkCorpus.cases)
            var counts: [LinkVerdict: (right: Int, found: Int, expected: Int)] = [:]
            for (page, check) in results {
                guard let expected = page.verdict else { continue }
                counts[expected, default: (0, 0, 0)].expected += 1
                counts[check.verdict, default: (0, 0, 0)].found += 1
                if check.verdict == expected { counts[expected, default: (0, 0, 0)].right += 1 }
                #expect(check.verdict == expected, "\(page.name): \(check.detail)")
                if let words = page.anchorText { #expect(check.anchorText == words, "\(page.name)") }
            }
            print("corpus: \(results.count) pages")
            for verdict in LinkVerdict.allCases {
                let count = counts[verdict] ?? (0, 0, 0)
                let precision = count.found > 0 ? Double(count.right) / Double(count.found) : 0
                let recall = count.expected > 0 ? Double(count.right) / Double(count.expected) : 0
                print(
                    "corpus: \(verdict.rawValue): \(count.expected) pages, precision \(Self.text(precision)), "
                        + "recall \(Self.text(recall))"
                )
                #expect(precision >= Self.floor && recall >= Self.floor, "\(verdict)")
            }
        }
    }

    private static func text(_ share: Double) -> String { String(Int((share * 1_000).rounded())) + " ‰" }

    @Test("the evidence tells what was seen: status, way, headers, hash, the page's own words")
    func evidence() async throws {
        try await CorpusServer.open { publishers in
            let page = try #require(LinkCorpus.pages["redirect-chain-5"])
            let check = try #require(try await publishers.walk([page]).first?.check)
            #expect(check.httpStatus == 200)
            #expect(check.redirects.map(\.status) == [301, 302, 301, 302, 301])
            #expect(check.finalURL == publishers.url(try #require(LinkCorpus.pages["plain"])))
            #expect(check.headers["content-type"] == "text/html; charset=utf-8")
            #expect(check.charset == "utf-8" && check.linksFound == 1 && check.isNoindex == false)
            #expect(check.pageHash?.count == 32 && (check.bodyBytes ?? 0) > 300)
            #expect(check.snippet?.contains(LinkCorpus.link) == true)
            let sponsored = try #require(LinkCorpus.pages["rel-many"])
            let other = try #require(try await publishers.walk([sponsored]).first?.check)
            #expect(other.rel == ["noopener", "nofollow", "noreferrer"])
        }
    }

    @Test("a page that is hidden from robots is not asked for; a host is left alone for its crawl delay")
    func politeness() async throws {
        try await CorpusServer.open { publishers in
            let unhurried = try #require(LinkCorpus.pages["robots-crawl-delay"])
            let start = ContinuousClock.now
            let results = try await publishers.walk([unhurried, unhurried, unhurried])
            #expect(results.allSatisfy { $0.check.verdict == .live })
            #expect(ContinuousClock.now - start >= .milliseconds(400))
        }
    }
}

/// The corpus on a port of its own, and the worker's own way to fetch it.
struct CorpusServer: Sendable {
    let port: Int
    let source: WebPageSource

    static func open<Value: Sendable>(
        _ body: @escaping @Sendable (CorpusServer) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "test.publishers")
        logger.logLevel = .critical
        let router = Router(context: SandboxContext.self)
        CorpusRoutes().add(to: router)
        let port = try FreePort.find()
        let started = AsyncStream<Void>.makeStream()
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil),
            onServerRunning: { _ in started.continuation.yield() },
            logger: logger
        )
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        let life = Task { try await group.run() }
        defer { life.cancel() }
        for await _ in started.stream { break }
        let source = WebPageSource(
            client: WebClient(loop: TestDatabase.loop, logger: logger),
            hosts: HostGate(redis: nil, patience: .seconds(60)),
            robots: RobotsBook(),
            isSandbox: true
        )
        return try await body(CorpusServer(port: port, source: source))
    }

    func url(_ page: CorpusPage) -> String { "http://\(page.host).localhost:\(port)/corpus/\(page.name)" }

    /// All at once; each host takes one at a time by itself.
    func walk(_ pages: [CorpusPage]) async throws -> [(page: CorpusPage, check: BacklinkCheck)] {
        try await withThrowingTaskGroup(of: (Int, BacklinkCheck).self) { group in
            for (index, page) in pages.enumerated() {
                group.addTask {
                    let url = url(page)
                    let origin = "http://\(page.host).localhost:\(port)"
                    let target = try #require(LinkURL(page.target.replacing("{origin}", with: origin)))
                    switch try await source.fetch(url) {
                    case .page(let fetched): return (index, PageInspection.inspect(fetched, for: target))
                    case .failure(let failure): return (index, PageInspection.record(failure, of: url))
                    }
                }
            }
            var checks: [Int: BacklinkCheck] = [:]
            for try await (index, check) in group { checks[index] = check }
            return pages.enumerated().compactMap { index, page in checks[index].map { (page, $0) } }
        }
    }
}
