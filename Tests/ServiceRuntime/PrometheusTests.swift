import CoreMetrics
import ServiceRuntime
import Testing

@Suite("Prometheus registry") struct PrometheusTests {
    @Test("a counter keeps one series per set of labels, whatever the order of the labels")
    func counter() async {
        let registry = PrometheusRegistry()
        registry.help("igny8_jobs_total", "Jobs by task.")
        for dimensions in [[("task", "a"), ("result", "ok")], [("result", "ok"), ("task", "a")]] {
            Counter(label: "igny8.jobs", dimensions: dimensions, factory: registry).increment(by: 2)
        }
        let text = await registry.scrape()
        #expect(text.contains("# HELP igny8_jobs_total Jobs by task.\n# TYPE igny8_jobs_total counter\n"))
        #expect(text.contains("igny8_jobs_total{result=\"ok\",task=\"a\"} 4\n"))
    }

    @Test("a timer is a cumulative histogram in seconds whose last bucket equals the count")
    func timer() async {
        let registry = PrometheusRegistry()
        let timer = Timer(label: "request", dimensions: [("route", "/x")], factory: registry)
        timer.recordNanoseconds(4_000_000)
        timer.recordNanoseconds(40_000_000)
        timer.recordNanoseconds(90_000_000_000)
        let text = await registry.scrape()
        #expect(text.contains("# TYPE request_seconds histogram\n"))
        #expect(text.contains("request_seconds_bucket{route=\"/x\",le=\"0.0025\"} 0\n"))
        #expect(text.contains("request_seconds_bucket{route=\"/x\",le=\"0.005\"} 1\n"))
        #expect(text.contains("request_seconds_bucket{route=\"/x\",le=\"0.05\"} 2\n"))
        #expect(text.contains("request_seconds_bucket{route=\"/x\",le=\"60\"} 2\n"))
        #expect(text.contains("request_seconds_bucket{route=\"/x\",le=\"+Inf\"} 3\n"))
        #expect(text.contains("request_seconds_count{route=\"/x\"} 3\n"))
        #expect(text.contains("request_seconds_sum{route=\"/x\"} 90.044\n"))
    }

    @Test("gauges go up and down, and a collected one is read at the scrape")
    func gauges() async {
        let registry = PrometheusRegistry()
        let meter = Meter(label: "busy", dimensions: [], factory: registry)
        meter.set(3)
        meter.decrement(by: 1)
        registry.collect("igny8_queue_depth", help: "Waiting.") { [([("queue", "core")], 12)] }
        let text = await registry.scrape()
        #expect(text.contains("# TYPE busy gauge\nbusy 2\n"))
        #expect(text.contains("igny8_queue_depth{queue=\"core\"} 12\n"))
        #expect(text.contains("process_resident_memory_bytes "))
    }

    @Test("label values are escaped and names made of what Prometheus takes")
    func escaping() async {
        let registry = PrometheusRegistry()
        Counter(label: "9 odd-name", dimensions: [("a.b", "q\"u\\o\nte")], factory: registry).increment()
        #expect(await registry.scrape().contains(#"_9_odd_name_total{a_b="q\"u\\o\nte"} 1"#))
    }

    @Test("labels without end are refused and counted, and so is a name used for two kinds")
    func bounds() async {
        let registry = PrometheusRegistry()
        for id in 0..<(PrometheusRegistry.seriesLimit + 5) {
            Counter(label: "by_user", dimensions: [("id", "\(id)")], factory: registry).increment()
        }
        Timer(label: "mixed", dimensions: [], factory: registry).recordNanoseconds(1)
        Meter(label: "mixed_seconds", dimensions: [], factory: registry).set(1)
        let text = await registry.scrape()
        #expect(text.contains("igny8_metrics_refused_total 6\n"))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("by_user_total{") } == PrometheusRegistry.seriesLimit)
    }

    @Test("counts made by many tasks at once all arrive")
    func concurrency() async {
        let registry = PrometheusRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 { Counter(label: "c", dimensions: [], factory: registry).increment() }
                }
            }
        }
        #expect(await registry.scrape().contains("\nc_total 8000\n"))
    }

    @Test("every line of a scrape is a comment or a sample")
    func grammar() async {
        let registry = PrometheusRegistry()
        Timer(label: "t", dimensions: [("x", "y")], factory: registry).recordNanoseconds(5)
        for line in await registry.scrape().split(separator: "\n") {
            let isComment = line.wholeMatch(of: /# (HELP|TYPE) [a-zA-Z_][a-zA-Z0-9_]* .+/) != nil
            let isSample =
                line.wholeMatch(
                    of: /[a-zA-Z_][a-zA-Z0-9_]*(\{([a-z_]+="[^"]*",?)+\})? (\+Inf|NaN|-?[0-9.]+(e[-+]?[0-9]+)?)/
                ) != nil
            #expect(isComment || isSample, "\(line)")
        }
    }
}
