import Operator

@main
enum Main {
    static func main() async {
        await Igny8.run()
    }
}
