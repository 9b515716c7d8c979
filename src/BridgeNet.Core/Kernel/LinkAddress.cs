using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>An address of a link.</summary>
/// <param name="Place">The namespace of the link.</param>
/// <param name="Mark">Identifies the link.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The prefix length of its subnet, in bits.</param>
internal sealed record LinkAddress(Place Place, LinkMark Mark, IPAddress Address, int PrefixLength) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} address {Address} dev {Mark.Name}";

    /// <inheritdoc cref="LinkUp.With"/>
    public string? With { get; init; }

    /// <inheritdoc/>
    public override string? Parent => With ?? Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Place.Container is null ? Stage.BridgeAddress : Stage.InsideAddress;

    /// <inheritdoc/>
    public override Place Where => Place;

    private bool IsIPv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [
            .. before is LinkAddress other ? other.RemovalWords() : [],
            $"{Place.Ip} address add {Address}/{PrefixLength} dev {Mark.Name}{(IsIPv6 ? " nodad" : "")}",
        ];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"{Place.Ip} address delete {Address}/{PrefixLength} dev {Mark.Name}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        before?.Remove(kernel);
        int index = kernel.IndexOf(Place, Mark);
        IRtnetlink links = kernel.Links(Place);
        // An adopted bridge still has the address if its release was undone.
        if (
            !Mark.Adopted
            || !links.GetAddresses(Address.AddressFamily).Any(existing => existing.LinkIndex == index && existing.Address.Equals(Address))
        )
            links.AddAddress(index, Address, PrefixLength, noDad: IsIPv6);
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) =>
        kernel.ChangeIfExists(Place, Mark, (links, link) => links.RemoveAddress(link.Index, Address, PrefixLength));

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual)
    {
        if (actual.Find(Place, Mark) is not { } link || actual.In(Place) is not { } facts)
            return [];
        LinkAddress wanted = this with { Mark = actual.Known(Place, Mark) };
        IPNetwork subnet = AddressNumber.Subnet(Address, PrefixLength);
        if (!facts.Has(link.Index, Address, PrefixLength))
        {
            int? other = facts.LengthOf(link.Index, Address);
            return
            [
                new(
                    DriftKind.Address,
                    $"{Address}/{PrefixLength} dev {Mark.Name}",
                    $"{Address}/{PrefixLength}",
                    other is null ? Deviation.Missing : $"{Address}/{other}",
                    wanted,
                    other is { } wrong ? wanted with { PrefixLength = wrong } : null
                ),
            ];
        }
        // The kernel adds the route to the subnet with the address, once the link is up.
        return link.Up && !facts.HasRoute(link.Index, subnet)
            ? [new(DriftKind.Route, $"{subnet}", $"dev {Mark.Name}", Deviation.Missing, new SubnetRoute(wanted, subnet))]
            : [];
    }
}

/// <summary>The route to the subnet of a link's address. The kernel adds it with the address; it may have been deleted since.</summary>
/// <param name="Of">The address.</param>
/// <param name="Subnet">Its subnet.</param>
internal sealed record SubnetRoute(LinkAddress Of, IPNetwork Subnet) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"route of {Of.Key}";

    /// <inheritdoc/>
    public override string? Parent => Of.Parent;

    /// <inheritdoc/>
    public override Stage Stage => Stage.Route;

    /// <inheritdoc/>
    public override Place Where => Of.Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [
            $"{Of.Place.Ip} route add {Subnet} dev {Of.Mark.Name} proto kernel{(Of.Address.AddressFamily == AddressFamily.InterNetwork ? $" scope link src {Of.Address}" : " metric 256")}",
        ];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) =>
        kernel.Links(Of.Place).AddSubnetRoute(kernel.IndexOf(Of.Place, Of.Mark), Subnet, Of.Address);

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) { }
}
