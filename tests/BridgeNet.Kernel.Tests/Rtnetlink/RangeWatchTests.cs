using System.Net;
using System.Net.Sockets;
using BridgeNet.Firewall;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Rtnetlink;

/// <summary>What is kept by events is what is read anew, whatever happened in between.</summary>
public sealed class RangeWatchTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>, IDisposable
{
    private const int Seed = 20261124;

    private static readonly AddressFamily[] s_families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    [Fact]
    public void After_any_change_of_links_addresses_and_routes_it_equals_a_fresh_reading() =>
        space.Run(() =>
        {
            Assert.SkipWhen(ProgramPath.Find("ip") is null, "ip is not installed");
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            using RangeWatch watch = RangeWatch.Open(links);
            Random random = new(Seed);
            int count = LongTests.Count(150, 1500),
                done = 0;
            for (int number = 0; number < count; number++)
            {
                // Several between two questions, now and then.
                List<string> commands = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Command(random))];
                foreach (string command in commands)
                    done += IptablesProgram.Run("ip", "", command.Split(' ')).Code == 0 ? 1 : 0;
                AssertAsReadAnew(links, watch, $"seed {Seed}, number {number}: {string.Join("; ", commands)}");
            }
            Counts.Print($"{done} changes");
            Assert.InRange(done, count / 3, count * 3);
            foreach (Link link in links.GetLinks().Where(static link => link.Name != "lo"))
                IptablesProgram.Run("ip", "", "link", "delete", link.Name);
            AssertAsReadAnew(links, watch, "at the end");
        });

    [Fact]
    public void An_overflow_of_the_socket_leads_to_a_fresh_reading() =>
        space.Run(() =>
        {
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            using RangeWatch watch = RangeWatch.Open(links);
            AssertAsReadAnew(links, watch, "at first");
            int index = links.CreateBridge("many", MacAddress.Random(), 1500, 0, "test");
            // More than a quarter of a million bytes of events. Nothing goes, for whatever goes is a reason to read anew by itself.
            for (int i = 0; i < 2000; i++)
                links.AddAddress(index, new IPAddress([10, 1, (byte)(i / 250), (byte)(i % 250)]), 32);
            AssertAsReadAnew(links, watch, "afterwards");
            Assert.Equal(2000, watch.Ranges(AddressFamily.InterNetwork).Count(range => range.LinkIndex == index));
            links.DeleteLinks([index]);
            AssertAsReadAnew(links, watch, "without the link");
        });

    public void Dispose() => space.AssertNothingRemains();

    private static void AssertAsReadAnew(RtnetlinkConnection links, RangeWatch watch, string after)
    {
        string[] expected = [],
            actual = [];
        // The kernel does some of it in workers of its own, between the two readings.
        bool same = SpinWait.SpinUntil(
            () =>
            {
                using RangeWatch anew = RangeWatch.Open(links);
                (expected, actual) = (Words(anew), Words(watch));
                return expected.SequenceEqual(actual);
            },
            TimeSpan.FromSeconds(2)
        );
        Assert.True(
            same,
            $"{after}\nmissing: {string.Join(", ", expected.Except(actual))}\ntoo many: {string.Join(", ", actual.Except(expected))}"
        );
    }

    private static string[] Words(RangeWatch watch) =>
        [
            .. s_families.SelectMany(family =>
                watch
                    .Ranges(family)
                    .Select(static range => $"{range.Network} {range.By} {range.LinkIndex}")
                    .Append($"default {watch.DefaultLink(family)}")
            ),
        ];

    private static string Command(Random random)
    {
        int one = random.Next(5),
            other = random.Next(5),
            net = random.Next(8);
        string dev = $"w{one}",
            metric = random.Next(3) == 0 ? $" metric {random.Next(3)}" : "",
            table = random.Next(5) == 0 ? " table 100" : "";
        return random.Next(34) switch
        {
            0 or 1 => $"link add {dev} type bridge",
            2 => $"link add {dev} type veth peer name w{other}",
            3 => $"link delete {dev}",
            4 or 5 or 6 or 7 => $"link set {dev} up",
            8 => $"link set {dev} down",
            9 => $"link set {dev} name w{other}",
            10 => $"link set {dev} master w{other}",
            11 => $"link set {dev} nomaster",
            12 or 13 or 14 => $"address add 10.{one}.{net}.1/{random.Next(20, 33)} dev {dev}",
            15 => $"address delete 10.{one}.{net}.1/24 dev {dev}",
            16 or 17 => $"-6 address add fd00:{one}:{net}::1/{random.Next(48, 129)} dev {dev} nodad",
            18 => $"address flush dev {dev}",
            19 or 20 or 21 => $"route add 10.2{one}.{net}.0/24 dev {dev}{metric}{table}",
            22 => $"route add 10.3{one}.{net}.0/24 dev {dev} src 10.{other}.{net}.1",
            23 => $"route replace 10.2{one}.{net}.0/24 dev w{other}",
            24 => $"route delete 10.2{one}.{net}.0/24",
            25 => $"route add 10.4{one}.{net}.0/24 nexthop dev {dev} nexthop dev w{other}",
            26 => $"nexthop add id {net + 1} dev {dev}",
            27 => $"nexthop delete id {net + 1}",
            28 => $"route add 10.5{one}.{net}.0/24 nhid {net + 1}",
            29 => $"-6 route add fd00:2{one}:{net}::/64 dev {dev}{metric}{table}",
            30 => $"route add blackhole 10.6{one}.{net}.0/24",
            31 => $"route add default dev {dev}{metric}",
            32 => $"-6 route add default dev {dev}{metric}",
            _ => "route flush default",
        };
    }
}
