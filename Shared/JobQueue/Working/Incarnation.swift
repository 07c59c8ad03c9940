import Foundation
import Logging
import NIOConcurrencyHelpers
import Postgres
import Redis

/// One life of a worker under one id: from its row in `igny8_workers` to drain, or to being declared dead.
final class Incarnation: Sendable {
    enum End: Sendable {
        /// It was told to stop, and has given back what it held.
        case drained
        /// It was silent for a lease, and its jobs are others' now.
        case declaredDead
        /// It did not work any more, and has given back what it held; a sentence why.
        case stuck(String)
        /// A test has killed it.
        case killed
    }

    private let worker: WorkerIdentity
    private let plan: WorkerPlan
    private let hints: HintList?
    private let attempts: Attempts
    private let pulse: Pulse
    private let fetching: Pulse
    private let acker: Acker
    private let fetcher: Fetcher
    private let heartbeat: Heartbeat
    private let keeper: Keeper
    private let bells = Bells()
    private let logger: Logger

    init(_ plan: WorkerPlan) {
        let worker = WorkerIdentity(queue: plan.queue)
        let hints = plan.redis.map { HintList(queue: plan.queue, redis: $0) }
        var logger = plan.logger
        logger[metadataKey: "queue"] = "\(plan.queue)"
        logger[metadataKey: "worker"] = "\(worker.id)"
        let attempts = Attempts(capacity: plan.configuration.capacity)
        let pulse = Pulse(limit: plan.configuration.selfFence)
        let fetching = Pulse(limit: plan.configuration.fetchLimit)
        let database = plan.database
        let acker = Acker(
            worker: worker,
            database: database,
            attempts: attempts,
            metrics: plan.metrics,
            failpoints: plan.failpoints,
            logger: logger,
            leftWork: { [bells] released in
                if !released.isEmpty { _ = try? await hints?.push(released, atHead: true) }
                bells.relay.ring()
            }
        )
        let runner = Runner(
            worker: worker,
            tasks: plan.tasks,
            metrics: plan.metrics,
            attempts: attempts,
            acker: acker,
            database: database,
            failpoints: plan.failpoints,
            logger: logger
        )
        self.worker = worker
        self.plan = plan
        self.hints = hints
        self.attempts = attempts
        self.pulse = pulse
        self.fetching = fetching
        self.acker = acker
        self.logger = logger
        fetcher = Fetcher(
            worker: worker,
            hints: hints,
            database: database,
            claimTasks: ClaimStatement.TaskTable(plan.tasks.values),
            attempts: attempts,
            pulse: pulse,
            fetching: fetching,
            runner: runner,
            claimCommit: plan.configuration.claimCommit,
            patienceWithRedis: plan.configuration.patienceWithRedis,
            longestWait: plan.configuration.beat,
            metrics: plan.queueMetrics,
            failpoints: plan.failpoints,
            logger: logger,
            stirred: bells.fetcher
        )
        heartbeat = Heartbeat(
            worker: worker,
            configuration: plan.configuration,
            database: database,
            hints: hints,
            attempts: attempts,
            pulse: pulse,
            failpoints: plan.failpoints,
            logger: logger,
            giveBack: { unknown in
                _ = try? await database.query(AcknowledgeStatement.make(unknown, worker: worker.id))
                _ = try? await hints?.push(unknown.map(\.job), atHead: true)
            }
        )
        keeper = Keeper(
            worker: worker,
            configuration: plan.configuration,
            database: database,
            relay: Relay(
                worker: worker,
                database: database,
                hints: hints,
                limits: plan.limits,
                patienceWithRedis: plan.configuration.patienceWithRedis,
                metrics: plan.queueMetrics,
                failpoints: plan.failpoints,
                logger: logger,
                stirred: bells.relay
            ),
            repair: hints.map {
                Repair(
                    worker: worker,
                    longPatience: plan.configuration.lease,
                    database: database,
                    hints: $0,
                    metrics: plan.queueMetrics,
                    failpoints: plan.failpoints,
                    logger: logger
                )
            },
            reaper: Reaper(
                worker: worker,
                configuration: plan.configuration,
                database: database,
                metrics: plan.queueMetrics,
                taskMetrics: plan.metrics,
                pulse: pulse,
                failpoints: plan.failpoints,
                logger: logger,
                stirred: bells.relay
            ),
            scheduler: Scheduler(
                worker: worker,
                calendar: plan.calendar,
                zones: plan.zones,
                database: database,
                producer: plan.producer,
                failpoints: plan.failpoints,
                logger: logger,
                stirred: bells.scheduler
            ),
            housekeeper: Housekeeper(
                queue: plan.queue,
                retention: plan.configuration.retention,
                database: database,
                logger: logger
            ),
            logger: logger
        )
    }

    /// Lives until it is told to stop by `stop`, killed by a test, or declared dead.
    func live(until stop: StopSignal) async -> End {
        guard await register(stop) else { return .drained }
        pulse.answered()
        fetching.answered()
        let fetchTask = Task { await fetcher.run() }
        let acking = Task { await acker.run() }
        let watching = Task {
            await DeadlineWatch(
                attempts: attempts,
                pulse: pulse,
                tick: plan.configuration.lease / 30,
                logger: logger
            ).run()
        }
        let listening = Task { [attempts, bells] in
            await Listener(worker: worker, database: plan.database, attempts: attempts, bells: bells).run()
        }
        let keeping = Task { await keeper.run() }
        let beating = Task { await heartbeat.run() }
        let illness = NIOLockedValueBox<String?>(nil)
        let guarding = Task {
            let found = await watchdog.run()
            illness.withLockedValue { $0 = found }
            if found != nil { beating.cancel() }
        }
        let passing = Task { await suspectRelay.run() }
        let rest = [watching, listening, keeping, beating, guarding, passing]

        // The heartbeat ends by itself only when the worker was declared dead, or the watchdog has ended it.
        let order = await stop.wait(orUntil: beating)
        fetchTask.cancel()
        if order == nil, let illness = illness.withLockedValue({ $0 }) {
            logger.error("this worker gives up, its process must be started anew", metadata: ["why": "\(illness)"])
            await end(rest, acking, grace: .zero)
            return .stuck(illness)
        }
        switch order {
        case .drain(let grace):
            await fetchTask.value
            await end(rest, acking, grace: grace)
            return .drained
        case nil, .kill:
            attempts.cancelAll(.lost)
            acker.discard()
            for task in rest { task.cancel() }
            acking.cancel()
            guard case .kill? = order else {
                logger.error("declared dead: everything in hand is dropped, another life begins")
                return .declaredDead
            }
            return .killed
        }
    }

    private var suspectRelay: SuspectRelay {
        SuspectRelay(
            queue: plan.queue,
            database: plan.database,
            hints: hints,
            ended: attempts.suspectEnded,
            logger: logger
        )
    }

    private var watchdog: Watchdog {
        Watchdog(
            attempts: attempts,
            fetching: fetching,
            fetchLimit: plan.configuration.fetchLimit,
            deadlineLimit: plan.configuration.deadlineGrace + plan.configuration.lease,
            tick: plan.configuration.lease / 30
        )
    }

    private func end(_ rest: [Task<Void, Never>], _ acking: Task<Void, Never>, grace: Duration) async {
        await drain(grace)
        for task in rest { task.cancel() }
        for task in rest { await task.value }
        await keeper.release()
        await leave()
        acking.cancel()
    }

    /// Writes the worker's row, again and again until PostgreSQL takes it; false when told to stop before.
    private func register(_ stop: StopSignal) async -> Bool {
        while !stop.isGiven {
            do {
                try await plan.database.batch([
                    "insert into igny8_queues (name) values (\(plan.queue)) on conflict do nothing",
                    """
                    insert into igny8_workers (id, queue, capacity, lease, host, process, version)
                    values (\(worker.id), \(plan.queue), \(plan.configuration.capacity),
                            make_interval(secs => \(plan.configuration.lease.seconds)),
                            \(ProcessInfo.processInfo.hostName), \(Int(ProcessInfo.processInfo.processIdentifier)),
                            \(plan.configuration.version))
                    """,
                ])
                return true
            } catch {
                pulse.missed()
                logger.warning("worker not registered yet", metadata: ["error": "\(error)"])
                await stop.sleep(upTo: .milliseconds(500))
            }
        }
        return false
    }

    /// Gives hints back, waits for what runs, cancels what does not end, and sees every outcome written.
    private func drain(_ grace: Duration) async {
        logger.info("draining", metadata: ["running": "\(attempts.count)"])
        try? await plan.failpoints.reach(.beforeDrain)
        try? await hints?.leave(worker.id)
        await attempts.waitUntilEmpty(upTo: grace)
        try? await plan.failpoints.reach(.graceBeforeRelease)
        attempts.cancelAll(.givenBack)
        await attempts.waitUntilEmpty(upTo: .seconds(2))
        // Handlers that ignore cancellation: their jobs are given back over their heads.
        for attempt in attempts.all {
            attempt.cancel(.lost)
            let released = Outcome(job: attempt.job.id, nonce: attempt.job.nonce, verdict: .released)
            acker.add(released, of: attempt)
        }
        await acker.flush(upTo: .seconds(5))
    }

    private func leave() async {
        try? await plan.failpoints.reach(.drainedBeforeGone)
        try? await hints?.leave(worker.id)
        _ = try? await plan.database.query(
            "update igny8_workers set state = 'gone', running = 0 where id = \(worker.id) and state = 'alive'"
        )
        logger.info("worker gone", metadata: ["left": "\(attempts.count)"])
    }
}
