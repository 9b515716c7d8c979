using System.Globalization;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>One property of an existing link, as <c>ip link set</c> sets it.</summary>
/// <param name="Place">The namespace of the link.</param>
/// <param name="Mark">Identifies the link.</param>
/// <param name="Name">One of the names below.</param>
/// <param name="Value">Its value.</param>
internal sealed record LinkProperty(Place Place, LinkMark Mark, string Name, string Value) : KernelObject
{
    public const string Mtu = "mtu",
        Group = "group",
        Alias = "alias",
        Address = "address",
        NewName = "name";

    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} link {Mark.Name} {Name}";

    /// <inheritdoc/>
    public override string? Parent => Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage => Mark.Kind == "bridge" ? Stage.BridgeSettings : Stage.Port;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [$"{Place.Ip} link set {ShellWord.Of(Mark.Name)} {Name} {(Name == Alias ? $"'{Value}'" : Value)}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) =>
        kernel.ChangeIfExists(
            Place,
            Mark,
            (links, link) =>
            {
                switch (Name)
                {
                    case Mtu when link.Mtu != Number:
                        links.SetMtu(link.Index, Number);
                        break;
                    case Group when link.Group != (uint)Number:
                        links.SetGroup(link.Index, (uint)Number);
                        break;
                    case Alias when link.Alias != Value:
                        links.ReplaceAlias(link.Index, Value);
                        break;
                    case NewName:
                        links.Rename(link.Index, Value);
                        break;
                    case Address when link.Mac != MacAddress.Parse(Value):
                        links.SetMac(link.Index, MacAddress.Parse(Value));
                        break;
                }
            }
        );

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) { }

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual)
    {
        if (actual.Find(Place, Mark) is not { } link || ValueOf(link) is var now && now == Value)
            return [];
        LinkProperty wanted = this with { Mark = actual.Known(Place, Mark) };
        return
        [
            Name == Alias
                ? new(DriftKind.Link, Mark.Name, $"alias '{Value}'", now is null ? "no alias" : $"alias '{Display.Of(now)}'", wanted)
                : new(DriftKind.Link, Mark.Name, $"{Name} {Value}", $"{Name} {now}", wanted),
        ];
    }

    private string? ValueOf(Link link) =>
        Name switch
        {
            Mtu => $"{link.Mtu}",
            Group => $"{link.Group}",
            Alias => link.Alias,
            Address => $"{link.Mac}",
            _ => link.Name,
        };

    private int Number => int.Parse(Value, CultureInfo.InvariantCulture);
}
