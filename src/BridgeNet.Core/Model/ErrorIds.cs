namespace BridgeNet.Model;

/// <summary>The stable error ids: the part of <c>FullyQualifiedErrorId</c> before the comma. Never renamed.</summary>
public static class ErrorIds
{
#pragma warning disable CS1591 // the name of each id describes the error
    public const string NetworkExists = nameof(NetworkExists);
    public const string NetworkNotFound = nameof(NetworkNotFound);
    public const string NetworkInUse = nameof(NetworkInUse);
    public const string PredefinedNetwork = nameof(PredefinedNetwork);
    public const string InvalidName = nameof(InvalidName);
    public const string InvalidSubnet = nameof(InvalidSubnet);
    public const string InvalidGateway = nameof(InvalidGateway);
    public const string InvalidOption = nameof(InvalidOption);
    public const string DriverUnknown = nameof(DriverUnknown);
    public const string DriverUnsupported = nameof(DriverUnsupported);
    public const string SubnetOverlaps = nameof(SubnetOverlaps);
    public const string NoFreeSubnet = nameof(NoFreeSubnet);
    public const string ContainerExists = nameof(ContainerExists);
    public const string ContainerNotFound = nameof(ContainerNotFound);
    public const string AlreadyConnected = nameof(AlreadyConnected);
    public const string NotConnected = nameof(NotConnected);
    public const string StaticAddressNeedsSubnet = nameof(StaticAddressNeedsSubnet);
    public const string AddressOutsideSubnet = nameof(AddressOutsideSubnet);
    public const string AddressInUse = nameof(AddressInUse);
    public const string NoFreeAddress = nameof(NoFreeAddress);
    public const string AmbiguousId = nameof(AmbiguousId);
    public const string PermissionDenied = nameof(PermissionDenied);
    public const string FirewallFailed = nameof(FirewallFailed);
    public const string NetlinkFailed = nameof(NetlinkFailed);
    public const string NamespaceFailed = nameof(NamespaceFailed);
    public const string StateBusy = nameof(StateBusy);
    public const string StateUnusable = nameof(StateUnusable);
    public const string StateOfOtherNamespace = nameof(StateOfOtherNamespace);
    public const string WrongObject = nameof(WrongObject);
    public const string InvalidWildcard = nameof(InvalidWildcard);
    public const string PlatformNotSupported = nameof(PlatformNotSupported);
    public const string ProgramNotFound = nameof(ProgramNotFound);
    public const string HostNamespace = nameof(HostNamespace);
    public const string InvalidPort = nameof(InvalidPort);
    public const string PortInUse = nameof(PortInUse);
    public const string PortNotFound = nameof(PortNotFound);
    public const string BridgePortLimit = nameof(BridgePortLimit);

    /// <summary>Of versions before 0.2: a handler of a change's messages could not start another change.</summary>
    public const string ChangeUnderWay = nameof(ChangeUnderWay);
    public const string InvalidTopology = nameof(InvalidTopology);
    public const string OperationStopped = nameof(OperationStopped);
    public const string ProgramError = nameof(ProgramError);
    public const string Unexpected = nameof(Unexpected);
#pragma warning restore CS1591
}
