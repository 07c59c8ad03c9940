/// Who is woken when something may have fallen due.
struct Bells: Sendable {
    let relay = Wakeup()
    let scheduler = Wakeup()
    let fetcher = Wakeup()

    func ring() {
        relay.ring()
        scheduler.ring()
        fetcher.ring()
    }
}
