# A lab as a document: exported, removed, and created again with the same ids, addresses and MAC addresses.
. $PSScriptRoot/Expect.ps1

Complete {
    Step 'A lab'
    New-BridgeNetwork blue -Subnet 10.85.0.0/24 -Label tier=front | Out-Null
    New-BridgeNetwork green -IPv6 -NoInterContainer | Out-Null
    'a', 'b' | New-BridgeContainer -Network blue | Out-Null
    New-BridgeContainer c -Network green -Publish 8080:80 | Out-Null
    Connect-BridgeNetwork green a -Alias first | Out-Null
    $before = Get-BridgeEndpoint | Sort-Object ContainerName, NetworkName | Select-Object ContainerName, NetworkName, IPAddress, IPv6Address, MacAddress, EndpointId | ConvertTo-Csv

    Step 'Exported, and removed'
    $document = Export-BridgeNetwork
    Expect 'the document is JSON' (($document | ConvertFrom-Json).Networks.Count -eq 2)
    Get-BridgeContainer | Remove-BridgeContainer
    Get-BridgeNetwork blue, green | Remove-BridgeNetwork
    Expect 'nothing is left' (@(Get-BridgeEndpoint).Count -eq 0)

    Step 'Imported'
    $document | Import-BridgeNetwork | Out-Default
    $after = Get-BridgeEndpoint | Sort-Object ContainerName, NetworkName | Select-Object ContainerName, NetworkName, IPAddress, IPv6Address, MacAddress, EndpointId | ConvertTo-Csv
    Expect 'everything is as it was' (-not (Compare-Object $before $after))
    Expect 'a reaches b again' (Test-BridgeConnection a b -Quiet)
    Expect 'there is no drift' (Test-BridgeNetwork)
}
exit [int] ($failed -gt 0)
