using System.Text.Json.Serialization;

namespace BridgeNet.Kernel;

/// <summary>
/// One desired object of the kernel, as data: it can be compared, stored, shown as commands, and applied. A change is the difference of two
/// lists of these, so creating, changing, removing and repairing all use <see cref="Make"/> and <see cref="Remove"/>.
/// </summary>
// The names are stored in the journal, so they never change.
[JsonDerivedType(typeof(KeptNamespace), "namespace")]
[JsonDerivedType(typeof(BridgeLink), "bridge")]
[JsonDerivedType(typeof(AdoptedBridgeLink), "borrowed")]
[JsonDerivedType(typeof(VethLink), "veth")]
[JsonDerivedType(typeof(UpperLink), "upper")]
[JsonDerivedType(typeof(UpperMode), "upper-mode")]
[JsonDerivedType(typeof(ParentLink), "parent")]
[JsonDerivedType(typeof(LinkProperty), "property")]
[JsonDerivedType(typeof(LinkUp), "up")]
[JsonDerivedType(typeof(LinkSettings), "settings")]
[JsonDerivedType(typeof(HostSetting), "setting")]
[JsonDerivedType(typeof(LinkAddress), "address")]
[JsonDerivedType(typeof(SubnetRoute), "subnet-route")]
[JsonDerivedType(typeof(BridgePortFlags), "port")]
[JsonDerivedType(typeof(SenderCheck), "sender")]
[JsonDerivedType(typeof(DefaultRoute), "default-route")]
[JsonDerivedType(typeof(HostRoute), "host-route")]
[JsonDerivedType(typeof(BridgeMember), "member")]
[JsonDerivedType(typeof(PortEntry), "entry")]
[JsonDerivedType(typeof(OrphanedVethEnd), "stray-end")]
[JsonDerivedType(typeof(RecreatedNamespace), "returned-namespace")]
internal abstract record KernelObject
{
    /// <summary>The identity of the object, equal before and after a change, whatever its other values.</summary>
    public abstract string Key { get; }

    /// <summary>The key of the link or namespace that it is created and removed with; null for an independent object.</summary>
    public virtual string? Parent => null;

    /// <summary>Its position in the order of operations.</summary>
    public abstract Stage Stage { get; }

    /// <summary>
    /// The namespace of the object. Root in a container may have changed anything there, so no work for other containers may depend on it.
    /// </summary>
    [JsonIgnore]
    public virtual Place Where => Place.Host;

    /// <summary>
    /// The part of the object that the kernel stores with its bridge port, and that is lost when the link leaves the bridge; null for none.
    /// </summary>
    [JsonIgnore]
    public virtual KernelObject? OfPort => null;

    /// <summary>Whether the change from the previous object needs no work.</summary>
    public virtual bool IsSame(KernelObject before) => Equals(before);

    /// <summary>The commands that create or change it, one per line.</summary>
    /// <param name="before">The previous object; null if there was none.</param>
    public abstract IEnumerable<string> Words(KernelObject? before);

    /// <summary>The commands that remove it, one per line.</summary>
    public abstract IEnumerable<string> RemovalWords();

    /// <summary>Creates or changes it; parts that are already done are not an error.</summary>
    /// <param name="kernel">The access to the kernel.</param>
    /// <param name="before">
    /// The previous object; null if there was none. If the previous object does not exist any more, that is left to a repair.
    /// </param>
    public abstract void Make(KernelAccess kernel, KernelObject? before);

    /// <summary>Removes it, if it exists and is ours.</summary>
    public abstract void Remove(KernelAccess kernel);

    /// <summary>
    /// The differences between this object and the actual state; none if the two are equal, or if its parent does not exist.
    /// </summary>
    public virtual IEnumerable<Deviation> Compare(ActualState actual) => [];
}

/// <summary>
/// The order in which objects are created: each after the objects it depends on, and links are set up after the rules that protect them.
/// They are removed in the reverse order.
/// </summary>
internal enum Stage
{
    /// <summary>Namespaces of containers.</summary>
    Namespace,

    /// <summary>Bridges, created down.</summary>
    Bridge,

    /// <summary>Settings of bridges.</summary>
    BridgeSettings,

    /// <summary>The host's addresses on bridges.</summary>
    BridgeAddress,

    /// <summary>The host's forwarding settings.</summary>
    Forwarding,

    /// <summary>Rules, before any container can send.</summary>
    Rules,

    /// <summary>Bridges set up.</summary>
    BridgeUp,

    /// <summary>Veth pairs, with the host's end up.</summary>
    Link,

    /// <summary>Settings of bridge ports.</summary>
    Port,

    /// <summary>Settings of interfaces inside containers.</summary>
    InsideSettings,

    /// <summary>Addresses inside containers.</summary>
    InsideAddress,

    /// <summary>Interfaces inside containers set up.</summary>
    InsideUp,

    /// <summary>Routes inside containers, and to them.</summary>
    Route,

    /// <summary>Name files.</summary>
    Names,

    /// <summary>Effects that cannot be undone: deleted conntrack entries, notified neighbours.</summary>
    Aftermath,
}
