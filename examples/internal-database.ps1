# A database on an internal network: only the application, which is on both networks, reaches it.
. $PSScriptRoot/Expect.ps1

Complete {
    Step 'A front network with access to the outside, and an internal one'
    New-BridgeNetwork front -Subnet 10.80.0.0/24 | Out-Null
    New-BridgeNetwork back -Subnet 10.81.0.0/24 -Internal | Out-Null
    New-BridgeContainer db -Network back -IPAddress 10.81.0.10 | Out-Null
    New-BridgeContainer app -Network front | Out-Null
    New-BridgeContainer stranger -Network front | Out-Null
    Connect-BridgeNetwork back app | Out-Null
    Get-BridgeContainer | Out-Default

    Step 'Reachability'
    Expect 'app reaches db' (Test-BridgeConnection app db -Quiet)
    Expect 'stranger reaches app' (Test-BridgeConnection stranger app -Quiet)
    Expect 'stranger does not reach db' (-not (Test-BridgeConnection stranger 10.81.0.10 -TimeoutMilliseconds 300 -Quiet))
    Expect 'db has no default route' ((Get-BridgeEndpoint -Container db).Gateway -eq $null)

    Step 'The default route of app goes through front, and only -Force removes a network in use'
    Expect 'app leaves by front' ((Get-BridgeEndpoint -Container app | Where-Object Gateway).NetworkName -eq 'front')
    Refused NetworkInUse { Remove-BridgeNetwork back }
    Remove-BridgeNetwork back -Force
    Expect 'db is on no network any more' (@((Get-BridgeContainer db).Networks).Count -eq 0)
}
exit [int] ($failed -gt 0)
