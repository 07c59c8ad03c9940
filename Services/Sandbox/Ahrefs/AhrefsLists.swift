import DomainModel
import FoundationEssentials

/// The endpoints that give lists.
enum AhrefsLists {
    static func backlinks(_ question: AhrefsQuestion, _ world: AhrefsWorld) async throws -> AhrefsAnswer {
        let all = try await world.links(to: [question.target])[question.target] ?? []
        let history = question.query["history"] ?? "live"
        let since = history.hasPrefix("since:") ? CalendarDay(history.dropFirst(6))?.daysSinceEpoch : nil
        guard since != nil || ["live", "all_time"].contains(history) else { throw AhrefsProblem(400, "bad history") }
        var links = all.filter { link in
            guard let lost = link.lostOn else { return true }
            return history == "all_time" || since.map { lost >= $0 } ?? false
        }
        switch question.query["aggregation"] ?? "similar_links" {
        case "1_per_domain":
            var seen: Set<String> = []
            links = links.filter { seen.insert($0.domainFrom).inserted }
        case "similar_links", "all": break
        default: throw AhrefsProblem(400, "bad aggregation")
        }
        return question.answer(links.map { row($0, world) })
    }

    private static func row(_ link: AhrefsLink, _ world: AhrefsWorld) -> [String: AhrefsJSON] {
        let source = AhrefsSite(link.domainFrom)
        return [
            "url_from": .string(link.urlFrom), "url_to": .string(link.urlTo), "anchor": .string(link.anchor),
            "title": .string("A page of \(link.domainFrom)"), "name_source": .string(link.domainFrom),
            "root_name_source": .string(link.domainFrom),
            "domain_rating_source": AhrefsWorld.tenths(source.standingTenths),
            "url_rating_source": AhrefsWorld.tenths(source.standingTenths / 2),
            "traffic": AhrefsWorld.count(source.standingTraffic / 40),
            "traffic_domain": AhrefsWorld.count(source.standingTraffic),
            "refdomains_source": AhrefsWorld.count(source.standingTenths / 10),
            "first_seen": AhrefsWorld.moment(link.firstSeen), "first_seen_link": AhrefsWorld.moment(link.firstSeen),
            "last_seen": link.lostOn.map(AhrefsWorld.moment) ?? .null,
            "last_visited": AhrefsWorld.moment(link.lostOn ?? max(world.today - 3, link.firstSeen)),
            "is_dofollow": .bool(link.isDofollow), "is_nofollow": .bool(!link.isDofollow), "is_ugc": .bool(link.isUGC),
            "is_sponsored": .bool(link.isSponsored), "is_lost": .bool(link.lostOn != nil),
            "is_new": .bool(world.today - link.firstSeen < 7), "is_spam": .bool(link.isSpam), "is_content": .bool(true),
            "http_code": link.lostOn != nil && link.lostReason == "notfound" ? 404 : 200, "link_type": "text",
            "lost_reason": link.lostOn == nil ? .null : .string(link.lostReason), "drop_reason": .null,
            "languages": ["en"], "link_group_count": 1,
        ]
    }

    static func refdomains(_ question: AhrefsQuestion, _ world: AhrefsWorld) async throws -> AhrefsAnswer {
        let all = try await world.links(to: [question.target])[question.target] ?? []
        let keepsLost = (question.query["history"] ?? "live") != "live"
        let rows = Dictionary(grouping: all, by: \.domainFrom).sorted { $0.key < $1.key }.compactMap {
            domain,
            links -> [String: AhrefsJSON]? in
            let live = links.filter { $0.lostOn == nil }
            guard keepsLost || !live.isEmpty else { return nil }
            let source = AhrefsSite(domain)
            return [
                "domain": .string(domain), "domain_rating": AhrefsWorld.tenths(source.standingTenths),
                "dofollow_links": AhrefsWorld.count(live.count(where: \.isDofollow)),
                "links_to_target": AhrefsWorld.count(live.count),
                "new_links": AhrefsWorld.count(live.count { world.today - $0.firstSeen < 7 }),
                "lost_links": AhrefsWorld.count(links.count - live.count),
                "first_seen": AhrefsWorld.moment(links.map(\.firstSeen).min() ?? world.today),
                "last_seen": live.isEmpty ? AhrefsWorld.moment(links.compactMap(\.lostOn).max() ?? world.today) : .null,
                "dofollow_refdomains": AhrefsWorld.count(source.standingTenths / 12),
                "traffic_domain": AhrefsWorld.count(source.standingTraffic),
                "positions_source_domain": AhrefsWorld.count(source.standingTraffic / 7), "ip_source": .null,
                "is_root_domain": true, "is_spam": .bool(links.contains(where: \.isSpam)),
            ]
        }
        return question.answer(rows)
    }

    static func keywords(_ question: AhrefsQuestion, _ world: AhrefsWorld) -> AhrefsAnswer {
        let day = question.day("date") ?? world.today
        let country = question.query["country"]?.uppercased()
        let words = AhrefsSite(question.target).keywords(on: day)
            .filter { word in country.map { $0 == word.country } ?? true }
        return question.answer(
            words.map { word in
                [
                    "keyword": .string(word.keyword), "best_position": AhrefsWorld.count(word.position),
                    "best_position_prev": AhrefsWorld.count(word.previous),
                    "best_position_diff": AhrefsWorld.count(word.previous - word.position),
                    "best_position_url": .string(word.url), "volume": AhrefsWorld.count(word.volume),
                    "keyword_difficulty": AhrefsWorld.count(word.difficulty),
                    "sum_traffic": AhrefsWorld.count(word.traffic), "cpc": AhrefsWorld.count(word.difficulty * 3),
                    "keyword_country": .string(word.country), "serp_features": ["snippet"], "is_branded": false,
                    "is_commercial": true, "last_update": AhrefsWorld.moment(day - 2),
                ]
            }
        )
    }

    struct Page: Sendable {
        var url: String
        var traffic: Int
        var keywords: [AhrefsKeyword]
    }

    static func pages(of domain: String, on day: Int) -> [Page] {
        Dictionary(grouping: AhrefsSite(domain).keywords(on: day), by: \.url).sorted { $0.key < $1.key }
            .map { Page(url: $0.key, traffic: $0.value.reduce(0) { $0 + $1.traffic }, keywords: $0.value) }
    }

    static func topPages(_ question: AhrefsQuestion, _ world: AhrefsWorld) -> AhrefsAnswer {
        let day = question.day("date") ?? world.today
        return question.answer(
            pages(of: question.target, on: day).map { page in
                let top = page.keywords.max { $0.traffic < $1.traffic }
                return [
                    "url": .string(page.url), "raw_url": .string(page.url),
                    "sum_traffic": AhrefsWorld.count(page.traffic), "value": AhrefsWorld.count(page.traffic * 45),
                    "keywords": AhrefsWorld.count(page.keywords.count),
                    "top_keyword": top.map { .string($0.keyword) } ?? .null,
                    "top_keyword_best_position": top.map { AhrefsWorld.count($0.position) } ?? .null,
                    "top_keyword_volume": top.map { AhrefsWorld.count($0.volume) } ?? .null,
                    "referring_domains": 0, "ur": AhrefsWorld.tenths(page.keywords.count * 3), "traffic_diff": 0,
                    "keywords_diff": 0, "status": "both",
                ]
            }
        )
    }

    private struct Batch: Decodable {
        struct Target: Decodable {
            var url: String
            var mode: String?
            var `protocol`: String?
        }

        var select: [String]
        var targets: [Target]
    }

    static func batch(_ question: AhrefsQuestion, _ world: AhrefsWorld) async throws -> AhrefsAnswer {
        let batch: Batch
        do {
            batch = try JSONDecoder().decode(Batch.self, from: Data(question.body))
        } catch {
            throw AhrefsProblem(400, "bad body: select and targets are required")
        }
        guard (1...100).contains(batch.targets.count) else { throw AhrefsProblem(400, "1 to 100 targets") }
        for field in batch.select where !question.endpoint.fields.contains(field) {
            throw AhrefsProblem(400, "column '\(field)' does not exist")
        }
        let domains = try batch.targets.map { target in
            guard let domain = Domain(target.url) else { throw AhrefsProblem(400, "bad target") }
            return domain.name
        }
        let links = try await world.links(to: domains)
        let rows = batch.targets.indices.map { index -> [String: AhrefsJSON] in
            let target = batch.targets[index]
            let figures = world.figures(of: domains[index], links[domains[index]] ?? [], on: world.today)
            return [
                "index": AhrefsWorld.count(index), "url": .string("\(domains[index])/"),
                "mode": .string(target.mode ?? "subdomains"), "protocol": .string(target.protocol ?? "both"),
                "domain_rating": AhrefsWorld.tenths(figures.ratingTenths),
                "ahrefs_rank": AhrefsWorld.count(figures.rank),
                "url_rating": AhrefsWorld.tenths(figures.ratingTenths / 2),
                "backlinks": AhrefsWorld.count(figures.live),
                "backlinks_dofollow": AhrefsWorld.count(figures.dofollow),
                "refdomains": AhrefsWorld.count(figures.liveDomains),
                "refdomains_dofollow": AhrefsWorld.count(figures.liveDomains * 7 / 10),
                "org_keywords": AhrefsWorld.count(figures.keywords),
                "org_keywords_1_3": AhrefsWorld.count(figures.keywords / 12),
                "org_traffic": AhrefsWorld.count(figures.traffic),
                "org_cost": AhrefsWorld.count(figures.traffic * 45), "paid_cost": 0, "paid_traffic": 0,
                "paid_keywords": 0, "outgoing_links": 12,
            ]
        }
        let shown = Set(batch.select)
        let perRow = shown.reduce(0) { $0 + (question.endpoint.expensive[$1] ?? 1) }
        let body = rows.map { row in AhrefsJSON.object(row.filter { shown.contains($0.key) }) }
        return AhrefsAnswer(
            body: ["targets": .array(body)],
            rows: rows.count,
            unitsPerRow: perRow,
            units: max(50, perRow * rows.count)
        )
    }
}
