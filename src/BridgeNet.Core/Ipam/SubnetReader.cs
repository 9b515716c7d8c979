using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>
/// Reads subnets as people type them, and then what belongs to them: ranges, gateways and reserved addresses, each of which goes to the
/// subnet that contains it.
/// </summary>
/// <param name="problems">Receives the problems.</param>
/// <param name="target">The network's name.</param>
internal sealed class SubnetReader(ICollection<Problem> problems, string target)
{
    private static readonly (IPNetwork Range, string What)[] s_unusable =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "\"this network\""),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/8"), "reserved"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
    ];

    private readonly List<SubnetRow> _rows = [];

    /// <summary>Whether all subnets could be read; otherwise nothing is said of what lies in none of them.</summary>
    private bool _allRead = true;

    /// <summary>The subnets that could be read.</summary>
    public IReadOnlyList<SubnetRow> Rows => _rows;

    /// <summary>Adds a subnet, of another address family than those before.</summary>
    public void AddSubnet(string text)
    {
        if (ParseSubnet(text) is not { } subnet)
            _allRead = false;
        else if (_rows.Exists(other => other.Subnet.BaseAddress.AddressFamily == subnet.BaseAddress.AddressFamily))
            Add(
                ErrorIds.InvalidSubnet,
                $"A network has one subnet of each address family, and {text} is a second {AddressPool.Name(subnet.BaseAddress.AddressFamily)} subnet; create another network for it."
            );
        else
            _rows.Add(new SubnetRow { Subnet = subnet });
    }

    /// <summary>Adds a range for automatic addresses.</summary>
    public void AddRange(string text)
    {
        if (HostBits(text) is { } meant)
            Add(ErrorIds.InvalidSubnet, $"The ip-range '{text}' has host bits set; did you mean {meant}?");
        else if (!AddressRange.TryParse(text, null, out AddressRange range))
            Add(
                ErrorIds.InvalidSubnet,
                $"The ip-range '{text}' is not a range of addresses, such as 10.20.5.0/24 or 10.20.5.10-10.20.5.99."
            );
        else if (FindRow(range.First, "ip-range", text, ErrorIds.InvalidSubnet) is { } row)
            _rows[row] = WithRange(_rows[row], range, text);
    }

    /// <summary>Adds the address of the bridge in a subnet.</summary>
    public void AddGateway(string text)
    {
        if (AddressNumber.Parse(text) is not { } gateway)
            Add(ErrorIds.InvalidGateway, $"The gateway '{text}' is not an address, such as 10.20.0.1.");
        else if (FindRow(gateway, "gateway", text, ErrorIds.InvalidGateway) is { } row)
            _rows[row] = WithGateway(_rows[row], gateway);
    }

    /// <summary>Gives a gateway to each subnet that has none and needs one.</summary>
    /// <param name="withGateway">Whether the network has a gateway in a family.</param>
    public void AddDefaultGateways(Func<AddressFamily, bool> withGateway)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            if (_rows[i].Gateway is null && withGateway(_rows[i].Subnet.BaseAddress.AddressFamily))
                _rows[i] = _rows[i] with { Gateway = FirstFree(_rows[i]) };
        }
    }

    /// <summary>Adds an address that is never assigned.</summary>
    public void AddAuxAddress(string name, string text)
    {
        string what = $"auxiliary address '{name}'";
        if (AddressNumber.Parse(text) is not { } address)
            Add(ErrorIds.InvalidOption, $"The {what} '{text}' is not an address, such as 10.20.0.9.");
        else if (FindRow(address, what, text, ErrorIds.InvalidOption) is { } row)
            _rows[row] = WithAux(_rows[row], name, address);
    }

    /// <summary>The index of the subnet that contains an address; null, with a problem if all subnets are known, if none does.</summary>
    private int? FindRow(IPAddress address, string what, string text, string errorId)
    {
        int index = _rows.FindIndex(row => row.Subnet.Contains(address));
        if (index >= 0)
            return index;
        if (_allRead)
            Add(
                errorId,
                _rows.Count == 0
                    ? $"The {what} {text} requires a subnet that contains it; give the subnet too."
                    : $"The {what} {text} is outside the subnet {string.Join(" and ", _rows)}."
            );
        return null;
    }

    /// <summary>The subnet of a CIDR with host bits, which .NET clears silently; null for other text.</summary>
    private static IPNetwork? HostBits(string text) =>
        text.Split('/') is [var address, _]
        && AddressNumber.Parse(address) is { } typed
        && IPNetwork.TryParse(text, out IPNetwork meant)
        && !meant.BaseAddress.Equals(typed)
            ? meant
            : null;

    /// <summary>Parses a CIDR without host bits, in a range that a network can use.</summary>
    private IPNetwork? ParseSubnet(string text)
    {
        string[] parts = text.Split('/');
        if (
            parts.Length != 2
            || AddressNumber.Parse(parts[0]) is not { } address
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > AddressNumber.Bits(address.AddressFamily)
        )
        {
            Add(ErrorIds.InvalidSubnet, $"The subnet '{text}' is not in CIDR form, such as 10.20.0.0/16 or fd00:20::/64.");
            return null;
        }
        IPNetwork meant = AddressNumber.Subnet(address, length);
        if (!meant.BaseAddress.Equals(address))
        {
            Add(ErrorIds.InvalidSubnet, $"The subnet '{text}' has host bits set; did you mean {meant}?");
            return null;
        }
        foreach ((IPNetwork range, string what) in s_unusable)
        {
            if (range.Contains(address) || meant.Contains(range.BaseAddress))
            {
                Add(ErrorIds.InvalidSubnet, $"The subnet {meant} is in the {what} range {range}, which no network can use.");
                return null;
            }
        }
        return meant;
    }

    private SubnetRow WithRange(SubnetRow config, AddressRange range, string text)
    {
        UsableAddresses usable = new(config.Subnet);
        if (config.IPRange is not null)
            Add(ErrorIds.InvalidSubnet, $"The subnet {config.Subnet} already has the ip-range {config.IPRange}; give only one.");
        else if (!config.Subnet.Contains(range.Last))
            Add(ErrorIds.InvalidSubnet, $"The ip-range {text} is larger than its subnet {config.Subnet}.");
        else if (!usable.Overlaps(range))
            Add(
                ErrorIds.InvalidSubnet,
                $"The ip-range {text} has no address of {config.Subnet} that a container can use; choose addresses from {usable}."
            );
        return config with { IPRange = range };
    }

    private SubnetRow WithGateway(SubnetRow config, IPAddress gateway)
    {
        UsableAddresses usable = new(config.Subnet);
        if (config.Gateway is not null)
            Add(ErrorIds.InvalidGateway, $"The subnet {config.Subnet} already has the gateway {config.Gateway}; give only one.");
        else if (!usable.Contains(gateway))
            Add(
                ErrorIds.InvalidGateway,
                $"The gateway {gateway} is the {usable.Meaning(gateway)} address of {config.Subnet}; use one from {usable}."
            );
        return config with { Gateway = gateway };
    }

    private SubnetRow WithAux(SubnetRow config, string name, IPAddress address)
    {
        UsableAddresses usable = new(config.Subnet);
        if (!usable.Contains(address))
            Add(
                ErrorIds.InvalidOption,
                $"The auxiliary address '{name}' {address} is the {usable.Meaning(address)} address of {config.Subnet}; use one from {usable}."
            );
        else if (address.Equals(config.Gateway))
            Add(
                ErrorIds.AddressInUse,
                $"The auxiliary address '{name}' {address} is the gateway; choose another address or another gateway."
            );
        else if (config.AuxiliaryAddresses.FirstOrDefault(other => other.Value.Equals(address)).Key is { } other)
            Add(
                ErrorIds.AddressInUse,
                $"The auxiliary addresses '{other}' and '{name}' have the same address {address}; give each a different one."
            );
        return config with { AuxiliaryAddresses = new Dictionary<string, IPAddress>(config.AuxiliaryAddresses) { [name] = address } };
    }

    /// <summary>Docker's choice: the first address of the requested range, otherwise of the subnet.</summary>
    private static IPAddress FirstFree(SubnetRow config)
    {
        (UInt128 first, _) = AddressNumber.Usable(config.Subnet);
        if (config.IPRange is { } range)
            first = UInt128.Max(first, AddressNumber.Of(range.First));
        return AddressNumber.ToAddress(first, config.Subnet.BaseAddress.AddressFamily);
    }

    private void Add(string errorId, string message) =>
        problems.Add(
            new(
                errorId,
                errorId == ErrorIds.AddressInUse ? ProblemCategory.ResourceExists : ProblemCategory.InvalidArgument,
                message,
                target
            )
        );
}
