using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>The links, addresses and routes of a namespace, read once.</summary>
internal sealed class HostFacts
{
    private readonly Dictionary<string, Link> _byName;
    private readonly Dictionary<int, Link> _byIndex;
    private readonly HashSet<InterfaceAddress> _addresses;
    private readonly HashSet<(int LinkIndex, IPNetwork Destination)> _routes;
    private readonly ILookup<(int LinkIndex, IPAddress Address), int> _lengths;
    private readonly Lazy<HashSet<(int LinkIndex, IPNetwork Destination)>> _mainRoutes;
    private readonly Lazy<RangeIndex> _ranges;
    private readonly Lazy<HashSet<(int LinkIndex, MacAddress Mac)>> _behind;

    private readonly Func<string, string?> _setting;

    /// <param name="links">The links of the namespace.</param>
    /// <param name="setting">Reads a kernel setting by its path below <c>/proc/sys</c>; null if it does not exist.</param>
    public HostFacts(IRtnetlink links, Func<string, string?> setting)
    {
        _setting = setting;
        IReadOnlyList<Link> all = links.GetLinks();
        _byName = all.ToDictionary(static link => link.Name);
        _byIndex = all.ToDictionary(static link => link.Index);
        _addresses = [.. AddressNumber.Families.SelectMany(links.GetAddresses)];
        _lengths = _addresses.ToLookup(static address => (address.LinkIndex, address.Address), static address => address.PrefixLength);
        Routes = [.. AddressNumber.Families.SelectMany(links.GetRoutes)];
        _routes = [.. Routes.Select(static route => (route.LinkIndex, route.Destination))];
        _mainRoutes = new(() =>
            [
                .. Routes
                    .Where(static route => route.Table == RtnlConstants.RT_TABLE_MAIN)
                    .Select(static route => (route.LinkIndex, route.Destination)),
            ]
        );
        _behind = new(() =>
            [
                .. links
                    .GetForwarding()
                    .Where(static entry => (entry.State & RtnlConstants.NUD_NOARP) != 0)
                    .Select(static entry => (entry.LinkIndex, entry.Mac)),
            ]
        );
        _ranges = new(() =>
            new RangeIndex([
                .. Routes
                    .Where(static route => route.Destination.PrefixLength > 0)
                    .Select(route => (route.Destination, route.LinkIndex, $"the route {route.Destination}{On(route.LinkIndex)}")),
                .. _addresses.Select(address =>
                    (
                        new IPNetwork(address.Address, AddressNumber.Bits(address.Address.AddressFamily)),
                        address.LinkIndex,
                        $"the address {address.Address}{On(address.LinkIndex)}"
                    )
                ),
            ])
        );
    }

    public IReadOnlyCollection<Link> Links => _byName.Values;

    public IReadOnlyList<Route> Routes { get; }

    /// <summary>The value of a kernel setting; null if it does not exist.</summary>
    public string? Setting(string key) => _setting(key);

    public Link? Find(string name) => _byName.GetValueOrDefault(name);

    public Link? Find(int index) => _byIndex.GetValueOrDefault(index);

    public bool Has(int index, IPAddress address, int length) => _addresses.Contains(new InterfaceAddress(index, address, length));

    /// <summary>The prefix length with which a link has an address; null if it does not have it.</summary>
    public int? LengthOf(int index, IPAddress address) => _lengths[(index, address)].Select(static length => (int?)length).FirstOrDefault();

    /// <summary>
    /// Whether a bridge has a static forwarding entry for a MAC address on a port. Read on demand, because few networks need it.
    /// </summary>
    public bool IsBehind(int port, MacAddress mac) => _behind.Value.Contains((port, mac));

    /// <summary>Whether the kernel's route to the subnet of a link exists; a single address has no such route.</summary>
    public bool HasRoute(int index, IPNetwork subnet) =>
        subnet.PrefixLength == AddressNumber.Bits(subnet.BaseAddress.AddressFamily) || _routes.Contains((index, subnet));

    /// <summary>Whether the main table has a route by a link. Read on demand, because few networks need it.</summary>
    public bool HasMainRoute(int index, IPNetwork destination) => _mainRoutes.Value.Contains((index, destination));

    /// <summary>Routes, and addresses of other links, that overlap a network's subnets and were added after it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="own">The index of its bridge; 0 without a bridge.</param>
    public IEnumerable<Clash> ClashesOf(NetworkRow network, int own) =>
        network.IPAM.Config.SelectMany(config =>
            _ranges
                .Value.Overlapping(config.Subnet)
                .Where(range => range.LinkIndex != own || own == 0)
                .Select(range => new Clash(config.Subnet, range.Words))
        );

    private string On(int index) => _byIndex.TryGetValue(index, out Link? link) ? $" dev {ShellWord.Of(link.Name)}" : "";

    /// <summary>Prefixes in order, so that those overlapping a given one are found without reading all.</summary>
    private sealed class RangeIndex
    {
        private readonly (UInt128 First, UInt128 Last, AddressFamily Family, int LinkIndex, string Words)[] _ranges;

        /// <summary>The existing prefix lengths, each with its prefixes by first address.</summary>
        private readonly ILookup<(AddressFamily, int, UInt128), int> _byPrefix;
        private readonly (AddressFamily Family, int Length)[] _lengths;

        public RangeIndex(IReadOnlyList<(IPNetwork Range, int LinkIndex, string Words)> ranges)
        {
            (IPNetwork Range, int LinkIndex, string Words)[] sorted =
            [
                .. ranges
                    .OrderBy(static range => range.Range.BaseAddress.AddressFamily)
                    .ThenBy(static range => AddressNumber.Of(range.Range.BaseAddress)),
            ];
            _ranges =
            [
                .. sorted.Select(static range =>
                {
                    (UInt128 first, UInt128 last) = AddressNumber.Bounds(range.Range);
                    return (first, last, range.Range.BaseAddress.AddressFamily, range.LinkIndex, range.Words);
                }),
            ];
            _byPrefix = Enumerable
                .Range(0, sorted.Length)
                .ToLookup(i => (_ranges[i].Family, sorted[i].Range.PrefixLength, _ranges[i].First));
            _lengths = [.. sorted.Select(static range => (range.Range.BaseAddress.AddressFamily, range.Range.PrefixLength)).Distinct()];
        }

        public IEnumerable<(int LinkIndex, string Words)> Overlapping(IPNetwork subnet)
        {
            AddressFamily family = subnet.BaseAddress.AddressFamily;
            (UInt128 first, UInt128 last) = AddressNumber.Bounds(subnet);
            // Two prefixes either nest or are disjoint: those that contain this one are found by their length, and those within it are
            // adjacent.
            IEnumerable<int> around = _lengths
                .Where(length => length.Family == family && length.Length < subnet.PrefixLength)
                .SelectMany(length =>
                    _byPrefix[
                        (family, length.Length, AddressNumber.Of(AddressNumber.Subnet(subnet.BaseAddress, length.Length).BaseAddress))
                    ]
                );
            int start = LowerBound(family, first),
                end = start;
            while (end < _ranges.Length && _ranges[end].Family == family && _ranges[end].First <= last)
                end++;
            return around
                .Concat(Enumerable.Range(start, end - start).Where(i => _ranges[i].Last <= last))
                .Select(i => (_ranges[i].LinkIndex, _ranges[i].Words));
        }

        private int LowerBound(AddressFamily family, UInt128 first)
        {
            int low = 0,
                high = _ranges.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (_ranges[middle].Family < family || (_ranges[middle].Family == family && _ranges[middle].First < first))
                    low = middle + 1;
                else
                    high = middle;
            }
            return low;
        }
    }
}

/// <summary>An object of the host that overlaps a network's subnet.</summary>
/// <param name="Subnet">The subnet.</param>
/// <param name="With">The overlapping object, as text.</param>
internal sealed record Clash(IPNetwork Subnet, string With);
