import DomainModel
import Foundation
import JobQueue
import Logging
import Persistence
import Postgres
import TestSupport
import Testing
import WebClient

@testable import Indexing

extension IndexingTests {
    @Suite("Services", .timeLimit(.minutes(5))) struct ProviderTests {
        private static let others: [IndexingServiceKey] = [.speedyindex, .omega, .linkcentaur, .indexnow, .colossus]

        @Test("each is sent its pages in its own words, and is found submitted", arguments: others)
        func each(service: IndexingServiceKey) async throws {
            try await IndexingHouse.open { house in
                try await house.connect(service)
                let host = service == .indexnow ? "banner.example" : "publisher.example"
                let pages = (0..<3).map { "https://\(host)/a&b=\($0)|x" }
                try await house.sandbox("indexing/pages/", ["pages": .array(pages.map { ["url": .string($0)] })])
                try await house.links(pages.map { ($0, "live") })
                try await house.submitAll()
                let sent = try await house.tasks().filter { $0.kind == "indexer" && $0.urls.count == 3 }
                #expect(sent.map(\.provider) == [service.rawValue])
                if service == .speedyindex || service == .indexnow || service == .colossus {
                    #expect(sent.first.map { Set($0.urls) } == Set(pages))
                }
                #expect(
                    try await house.texts(
                        "select distinct status || ' ' || indexing_service from igny8_backlink_indexing_requests"
                    )
                        == ["submitted \(service.rawValue)"]
                )
                #expect(try await house.dead() == [])
            }
        }

        private static let attacks = ["garbage", "half_body", "redirect_inside", "endless_body", "reset_after_effect"]

        @Test(
            "whatever it answers, it costs one job one attempt, nobody else anything, and no page is paid for twice",
            arguments: others
        )
        func hostile(service: IndexingServiceKey) async throws {
            try await IndexingHouse.open { house in
                try await house.connect(service)
                // Each page in a batch of its own, all under way at once, each answered in another way.
                let one = try await house.call(
                    .patch,
                    "services/\(service.rawValue)/",
                    as: house.staff,
                    ["batch_size": 1]
                )
                #expect(one.status == 200 && one.integer("batch_size") == 1, "\(one.text)")
                let host = service == .indexnow ? "banner.example" : "publisher.example"
                let pages = Self.attacks.map { "https://\(host)/\($0)" }
                try await house.sandbox("indexing/pages/", ["pages": .array(pages.map { ["url": .string($0)] })])
                for kind in Self.attacks {
                    try await house.sandbox(
                        "faults/",
                        [
                            "provider": .string(service.rawValue),
                            "match": service == .speedyindex ? "POST /**/indexer/create" : "POST /**",
                            "kind": .string(kind), "count": 1,
                        ]
                    )
                }
                try await house.links(pages.map { ($0, "live") })
                try await house.submitAll()
                #expect(
                    try await house.texts(
                        "select status || ' ' || indexing_service from igny8_backlink_indexing_requests order by id"
                    ) == pages.map { _ in "submitted \(service.rawValue)" }
                )
                #expect(
                    try await house.count(
                        "select count(distinct request_id) * 1000 + count(*) from igny8_indexing_submissions"
                    ) == pages.count * 1_001
                )
                for page in pages {
                    // IndexNow may be told twice: it changes nothing there.
                    let told = try await house.tasks().filter { $0.urls == [page] && $0.kind == "indexer" }.count
                    #expect(told == 1 || service == .indexnow && told == 2, "\(page): told \(told) times")
                }
                let attempts = try await house.texts(
                    "select distinct attempt::text from igny8_job_history where task = 'send_indexing_batch' order by 1"
                )
                #expect(attempts.last == "2", "one attempt failed, the next one did it")
                #expect(try await house.dead() == [])
            }
        }

        @Test("a service that never answers keeps one job waiting, and no other")
        func silence() async throws {
            try await IndexingHouse.open { house in
                try await house.connect(.omega)
                try await house.sandbox(
                    "faults/",
                    [
                        "provider": "omega", "match": "POST /**", "kind": "timeout_after_effect", "count": 1,
                        "milliseconds": 3_000,
                    ]
                )
                try await house.links([("https://publisher.example/silent", "live")])
                try await house.enqueue(IndexingJobs.submitLinks(of: house.site, account: house.account))
                // While it is silent, a key of another service is given and tested.
                while try await house.count("select count(*) from igny8_indexing_batches where state = 'sending'") == 0
                {
                    await Task.yield()
                }
                try await house.connect(.linkcentaur)
                #expect(
                    try await house.texts("select status from igny8_indexing_keys where service = 'linkcentaur'") == [
                        "active"
                    ]
                )
                #expect(try await house.tasks().filter { $0.provider == "omega" }.count == 1)
                #expect(
                    try await house.texts(
                        "select status || ' ' || indexing_service from igny8_backlink_indexing_requests"
                    )
                        == ["submitted omega"]
                )
            }
        }

        @Test("a wrong key, a balance that is used up: the pages go elsewhere, and nothing is lost or paid")
        func keys() async throws {
            try await IndexingHouse.open { house in
                try await house.connect(.speedyindex, "wrong-key-of-nobody")
                #expect(try await house.texts("select status from igny8_indexing_keys") == ["refused"])
                // Omega says only when it is sent something.
                try await house.connect(.omega, "wrong-key-of-nobody")
                try await house.connect(.linkcentaur)
                try await house.sandbox(
                    "indexing/keys/",
                    ["provider": "linkcentaur", "key": "key-of-the-agency-1", "balance": 2]
                )
                let pages = (0..<3).map { "https://publisher.example/\($0)" }
                try await house.links(pages.map { ($0, "live") })
                try await house.submitAll()
                let states = try await house.texts(
                    "select service || ' ' || status from igny8_indexing_keys order by 1"
                )
                #expect(states == ["linkcentaur empty", "omega refused", "speedyindex refused"])
                #expect(
                    try await house.texts(
                        "select distinct status || ' ' || indexing_service from igny8_backlink_indexing_requests"
                    )
                        == ["submitted manual"]
                )
                #expect(try await house.count("select count(*) from igny8_ledger_entries") == 0)
                // Topped up: the daily run sees it, and what comes next is sent.
                try await house.sandbox(
                    "indexing/keys/",
                    ["provider": "linkcentaur", "key": "key-of-the-agency-1", "balance": 100]
                )
                try await house.advance(days: 1)
                try await house.links([("https://publisher.example/next", "live")])
                try await house.submitAll("next")
                #expect(try await house.tasks().map(\.provider) == ["linkcentaur"])
                #expect(try await house.dead() == [])
            }
        }

        @Test("a key is found nowhere: no row, no job, no log line, no answer, whatever the service does")
        func canary() async throws {
            try await IndexingHouse.open { house in
                let canary = "CANARY-5f2c9be1d7-indexing"
                for service in Self.others { try await house.connect(service, canary) }
                for service in Self.others {
                    for kind in ["garbage", "half_body", "500", "reset", "redirect_inside"] {
                        try await house.sandbox(
                            "faults/",
                            ["provider": .string(service.rawValue), "match": "**", "kind": .string(kind), "count": 1]
                        )
                    }
                }
                try await house.links(
                    (0..<4).map { ("https://publisher.example/\($0)", "live") } + [
                        ("https://banner.example/own", "live")
                    ]
                )
                try await house.submitAll()
                for service in Self.others {
                    try await house.sandbox(
                        "indexing/keys/",
                        ["provider": .string(service.rawValue), "key": .string(canary), "is_valid": false]
                    )
                }
                try await house.advance(days: 8)
                var seen = house.logs.text
                for path in ["requests/", "keys/", "services/", "stats/", "savings/"] {
                    let reply = try await house.call(.get, path, as: house.staff)
                    #expect(reply.status == 200, "\(path): \(reply.text)")
                    seen += reply.text
                }
                seen += try await Self.dump(house)
                let hex = canary.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(!seen.contains("CANARY") && !seen.contains(hex))
                // The looking itself works: what may be seen is there.
                #expect(seen.contains("send_indexing_batch") && seen.contains(String(canary.suffix(4))))
            }
        }

        /// Every row of every table of ours, as a dump would have it.
        private static func dump(_ house: IndexingHouse) async throws -> String {
            let settings = IndexingHouse.system.settings(actor: "test")
            return try await house.test.owner.transaction(settings: settings) { owner in
                let tables = try await owner.query(
                    """
                    select relname::text as name from pg_class
                    where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1
                    """
                ).map { row in try row.decode("name", as: String.self) }
                var text = ""
                for table in tables {
                    text += try await owner.query(
                        "select coalesce(string_agg(t::text, ' '), '') as rows from \(identifier: table) t"
                    )[0].decode("rows", as: String.self)
                }
                return text
            }
        }

        @Test("what a service echoes is shown without its key")
        func masking() async throws {
            let key = ServiceKey(secret: "CANARY-77-key", host: "banner.example")
            #expect("\(key)" == "•••")
            try await RecordingServer.run(answering: { _ in .init(400, text: "no: CANARY-77-key\u{0}") }) { server in
                let web = ProviderWeb(
                    client: WebClient(loop: TestDatabase.loop, logger: Logger(label: "tests.wire")),
                    guardAddresses: false
                )
                let all: [any IndexingProvider] = [
                    SpeedyIndex(web: web, baseURL: server.url), Omega(web: web, baseURL: server.url),
                    LinkCentaur(web: web, baseURL: server.url), IndexNow(web: web, baseURL: server.url),
                    Configurable(web: web, config: ["submit_url": .string(server.url)]),
                ]
                for provider in all {
                    let error = await #expect(throws: IndexingError.self) {
                        try await provider.submit(["https://a.example/"], title: "t", key)
                    }
                    #expect(error?.kind == .badRequest && error?.description.contains("CANARY") == false)
                    #expect(error?.description.contains("answered 400") == true)
                }
            }
        }
    }
}
