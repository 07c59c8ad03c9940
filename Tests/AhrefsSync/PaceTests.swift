import DomainModel
import JobQueue
import Persistence
import Testing

@testable import AhrefsSync

@Suite("Ahrefs: the pace") struct PaceTests {
    @Test("whatever minute one looks at, no more than sixty requests of a key can be in it")
    func sixty() throws {
        let limits = [
            TestAhrefsConnection.pace, SyncAhrefsDomainSnapshot.pace, RefreshAhrefsView.pace,
            VerifyBacklinksViaAhrefs.pace, DetectLostBacklinksAhrefs.pace,
        ].flatMap(\.self)
        for limit in limits {
            let rate = try #require(limit.rate)
            #expect(limit == limits[0] && rate.period == .seconds(60))
            #expect(rate.count + rate.burst - 1 + (limit.concurrency ?? .max) <= 60)
        }
    }

    @Test("every job that asks Ahrefs counts under its account's key")
    func keys() {
        let (account, site) = (Account.ID(7), Site.ID(3))
        let jobs = [
            AhrefsJobs.test(account, keyVersion: 1), AhrefsJobs.test(account, keyVersion: 1, week: 9),
            AhrefsJobs.sync(site, account: account), AhrefsJobs.sync([site], account: account, key: "x"),
            AhrefsJobs.refresh(.backlinks, of: "a.example", account: account),
            AhrefsJobs.verify(site, account: account), AhrefsJobs.detectLost(site, account: account, after: 5),
        ]
        #expect(jobs.allSatisfy { $0.limitKeys == ["ahrefs:7"] && $0.queue == AhrefsJobs.queue && $0.account == 7 })
        #expect(Set(jobs.map { "\($0.task) \($0.uniqueKey ?? "")" }).count == jobs.count)
    }

    @Test("sites of an account share a batch until a hundred domains are in it")
    func batches() {
        let sites = (1...60).map { number in
            AhrefsConnections.ConnectedSite(
                account: 7,
                site: .init(Int64(number)),
                domains: ["own\(number).example", "shared.example", "rival\(number).example"]
            )
        }
        let jobs = WeekPlan.snapshots(sites, key: "week:1")
        // 49 sites: 98 domains and the shared one.
        #expect(jobs.count == 2)
        let payloads = jobs.compactMap { $0.payload as? AhrefsJobs.Sites }
        #expect(payloads.map(\.siteIDs.count) == [49, 11])
        #expect(jobs.map(\.uniqueKey) == ["week:1:1", "week:1:50"])
        #expect(WeekPlan.snapshots([], key: "x").isEmpty)
    }
}
