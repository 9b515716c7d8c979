# How objects, rows of tables and text bind: by identity, never to a namesake, and losing nothing on the way.
BeforeAll {
    . $PSScriptRoot/Lab.ps1
    function Get-ErrorId([scriptblock] $script) {
        $ErrorActionPreference = 'Continue'
        & $script 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] }
    }
    function Copy-ByClixml($object) { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($object, 2)) }
}

AfterAll { Assert-NothingRemains }

Describe 'Objects that were removed' {
    BeforeAll {
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeContainer c net -Publish 8080:80 | Out-Null
        $script:network, $script:container, $script:endpoint, $script:port = (Get-BridgeNetwork net), (Get-BridgeContainer c), (Get-BridgeEndpoint net), (Get-BridgePort c)
        Remove-BridgeContainer c
        Remove-BridgeNetwork net
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeContainer c net -Publish 8080:80 | Out-Null
    }
    AfterAll { Clear-Lab }

    It 'are never their namesakes: <Id>' -ForEach @(
        @{ Id = 'NetworkNotFound'; Script = { $network | Remove-BridgeNetwork } }
        @{ Id = 'NetworkNotFound'; Script = { $network | Set-BridgeNetwork -Internal $true } }
        @{ Id = 'NetworkNotFound'; Script = { $network | Get-BridgeNetwork } }
        @{ Id = 'NetworkNotFound'; Script = { Copy-ByClixml $network | Remove-BridgeNetwork } }
        @{ Id = 'NetworkNotFound'; Script = { $network | Select-Object Id, Name | Remove-BridgeNetwork } }
        @{ Id = 'NetworkNotFound'; Script = { $network | ConvertTo-Json | ConvertFrom-Json | Remove-BridgeNetwork } }
        @{ Id = 'NetworkNotFound'; Script = { $network | ConvertTo-Csv | ConvertFrom-Csv | Remove-BridgeNetwork } }
        @{ Id = 'NetworkNotFound'; Script = { Connect-BridgeNetwork $network c } }
        @{ Id = 'NetworkNotFound'; Script = { New-BridgeContainer d -Network $network } }
        @{ Id = 'ContainerNotFound'; Script = { $container | Remove-BridgeContainer } }
        @{ Id = 'ContainerNotFound'; Script = { $container | Rename-BridgeContainer -NewName d } }
        @{ Id = 'ContainerNotFound'; Script = { $container | Invoke-BridgeContainer -Program true } }
        @{ Id = 'ContainerNotFound'; Script = { $container | Publish-BridgePort -Port 90 } }
        @{ Id = 'ContainerNotFound'; Script = { $container | Get-BridgeNetwork } }
        @{ Id = 'ContainerNotFound'; Script = { Test-BridgeConnection $container 10.50.0.1 } }
        @{ Id = 'ContainerNotFound'; Script = { $endpoint | Disconnect-BridgeNetwork } }
        @{ Id = 'ContainerNotFound'; Script = { $port | Unpublish-BridgePort } }
    ) {
        $before = "$(Get-BridgeNetwork -AsJson) $(Get-BridgeContainer) $(Get-BridgePort)"
        Get-ErrorId $Script | Should -Be $Id
        "$(Get-BridgeNetwork -AsJson) $(Get-BridgeContainer) $(Get-BridgePort)" | Should -Be $before
    }

    It 'are reported as removed, with the fix' {
        { $network | Remove-BridgeNetwork -ErrorAction Stop } | Should -Throw "The network 'net' with the id $($network.ShortId) was removed, and another one was created with that name; get it with Get-BridgeNetwork."
        { $container | Remove-BridgeContainer -ErrorAction Stop } | Should -Throw "The container 'c' with the id $($container.ShortId) was removed, and another*"
    }

    It 'are found by id after they were renamed' {
        $now = Get-BridgeContainer c
        Rename-BridgeContainer c d
        ($now | Get-BridgeContainer).Name | Should -Be d
        ($now | Get-BridgeEndpoint).ContainerName | Should -Be d
        Rename-BridgeContainer d c
    }

    It 'an endpoint that was connected again is another one' {
        $old = Get-BridgeEndpoint net
        $old | Disconnect-BridgeNetwork
        Connect-BridgeNetwork net c | Out-Null
        Get-ErrorId { $old | Disconnect-BridgeNetwork } | Should -Be NotConnected
        Get-ErrorId { $old | Get-BridgeEndpoint } | Should -Be NotConnected
    }
}

Describe 'An empty pipeline' {
    BeforeAll { New-BridgeNetwork idle | Out-Null }
    AfterAll { Clear-Lab }

    It 'is nothing, and not all: <_>' -ForEach 'Clear-BridgeNetwork -Force', 'Remove-BridgeNetwork', 'Repair-BridgeNetwork -PassThru', 'Export-BridgeNetwork', 'Test-BridgeNetwork', 'Get-BridgeContainer', 'Get-BridgeEndpoint', 'Get-BridgePort' {
        Invoke-Expression "Get-BridgeNetwork nosuch* | $_" | Should -BeNullOrEmpty
        (Get-BridgeNetwork idle).Name | Should -Be idle
    }

    It 'a variable that is not set is refused' {
        Set-StrictMode -Off
        foreach ($command in 'Get-BridgeNetwork -Label', 'Clear-BridgeNetwork -Force -Label', 'Get-BridgeNetwork', 'Remove-BridgeNetwork', 'Test-BridgeNetwork', 'Clear-BridgeNetwork -Force -Name', 'Get-BridgeContainer', 'Remove-BridgeContainer', 'Get-BridgePort', 'Get-BridgeEndpoint') {
            { Invoke-Expression "$command `$nosuch" } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        }
    }
}

Describe 'Names' {
    BeforeAll { New-BridgeNetwork Web, api1, api2 | Out-Null; New-BridgeContainer Box | Out-Null }
    AfterAll { Clear-Lab }

    It 'are compared with regard to case, in wildcards too' {
        Get-ErrorId { Get-BridgeNetwork web } | Should -Be NetworkNotFound
        Get-BridgeNetwork w* | Should -BeNullOrEmpty
        (Get-BridgeNetwork W*, 'api[2-9]').Name | Should -Be Web, api2
        Get-BridgeContainer b* | Should -BeNullOrEmpty
    }

    It 'that differ in case alone are refused' {
        Get-ErrorId { New-BridgeNetwork web } | Should -Be NetworkExists
        Get-ErrorId { New-BridgeContainer box } | Should -Be ContainerExists
        { New-BridgeNetwork WEB -ErrorAction Stop } | Should -Throw "A network 'Web' already exists*"
        (Rename-BridgeContainer Box box -PassThru).Name | Should -BeExactly box
        Rename-BridgeContainer box Box
    }

    It 'bad wildcards are errors with an id, and do not stop the others: <_>' -ForEach 'Get-BridgeNetwork', 'Set-BridgeNetwork -Label a=b -PassThru', 'Test-BridgeNetwork', 'Export-BridgeNetwork', 'Remove-BridgeNetwork', 'Get-BridgeContainer', 'Get-BridgeEndpoint', 'Get-BridgePort', 'Remove-BridgeContainer', 'Invoke-BridgeContainer -Program true' {
        $command, $rest = $_ -split ' ', 2
        Get-ErrorId { Invoke-Expression "$command 'we[b' $rest" } | Should -Be InvalidWildcard
    }

    It 'arrays and wildcards are accepted wherever one is named' {
        New-BridgeContainer x1, x2 | Out-Null
        "$(Connect-BridgeNetwork api1 x1, x2)" | Should -Be 'x1 on api1 x2 on api1'
        "$(Connect-BridgeNetwork api2, Web x1)" | Should -Be 'x1 on api2 x1 on Web'
        (Invoke-BridgeContainer x* cat /proc/self/net/dev | Select-String eth0).Count | Should -Be 2
        (Test-BridgeConnection x* x1 -Count 1).Source | Should -Be x1, x2
        (Publish-BridgePort x* 80).Count | Should -Be 2
        Unpublish-BridgePort x* 80
        Get-BridgePort | Should -BeNullOrEmpty
        Disconnect-BridgeNetwork * x*
        Get-BridgeEndpoint | Should -BeNullOrEmpty
        Get-BridgeContainer x* | Rename-BridgeContainer -NewName { $_.Name -replace 'x', 'y' }
        (Get-BridgeContainer y*).Name | Should -Be y1, y2
        Get-ErrorId { New-BridgeContainer z -Network api* } | Should -Be NetworkNotFound
    }

    It 'text from the pipeline that may be either is refused' {
        Get-ErrorId { 'Web' | Connect-BridgeNetwork } | Should -Be WrongObject
        Get-ErrorId { 'Web' | Disconnect-BridgeNetwork } | Should -Be WrongObject
        ('Web' | Connect-BridgeNetwork -Container Box).NetworkName | Should -Be Web
        ('Box' | Connect-BridgeNetwork api1).NetworkName | Should -Be api1
    }

    It 'an unreadable object is refused, and does not stop the others' {
        $itself = [Collections.ArrayList]::new()
        $null = $itself.Add($itself)
        Get-ErrorId { Get-BridgeNetwork $itself } | Should -Be WrongObject
        { Get-BridgeNetwork (, @($null)) } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        Get-ErrorId { Connect-BridgeNetwork Web -Container a, b -ProcessId 1 } | Should -Be InvalidName
        Get-ErrorId { Connect-BridgeNetwork Web -NetNSPath nosuch:/x } | Should -Be ContainerNotFound
        (New-BridgeContainer z -Network @('api1')).Networks | Should -Be api1
        Remove-BridgeContainer z
        New-BridgeNetwork cfg -ConfigOnly -Subnet 10.57.0.0/16 | Out-Null
        $old = Get-BridgeNetwork cfg
        (New-BridgeNetwork from1 -ConfigFrom $old).Subnet | Should -Be 10.57.0.0/16
        Remove-BridgeNetwork from1, cfg
        New-BridgeNetwork cfg -ConfigOnly -Subnet 10.58.0.0/16 | Out-Null
        Get-ErrorId { New-BridgeNetwork from2 -ConfigFrom $old } | Should -Be NetworkNotFound
        (Get-BridgeNetwork -Id (Get-BridgeNetwork cfg)).Name | Should -Be cfg
        Remove-BridgeNetwork cfg
    }

    It 'an object of another module is refused in words' {
        Get-ErrorId { Get-Item / | Remove-BridgeNetwork } | Should -Be WrongObject
        Get-ErrorId { Get-Process -Id $PID | Get-BridgeContainer } | Should -Be WrongObject
        Get-ErrorId { Get-Date | Get-BridgeNetwork } | Should -Be NetworkNotFound
    }
}

Describe 'Processes and files of namespaces' {
    AfterAll { Clear-Lab }

    It 'connect by their kind' {
        New-BridgeNetwork net | Out-Null
        $stranger = Start-Stranger
        try {
            $connected = $stranger | Connect-BridgeNetwork net
            (Get-BridgeContainer $connected.ContainerId).ProcessId | Should -Be $stranger.Id
            $connected | Disconnect-BridgeNetwork
            $connected = Get-Item "/proc/$($stranger.Id)/ns/net" | Connect-BridgeNetwork net
            $connected.ContainerName | Should -Be net
            $connected | Disconnect-BridgeNetwork
        }
        finally { $stranger.Kill() }
    }
}

Describe 'Rows of tables' {
    AfterEach { Clear-Lab }

    It 'New-BridgeNetwork binds all columns that are parameters' {
        @'
Name,Subnet,Gateway,IPRange,AuxAddress,Label,Option,Internal,Mtu,IPv6,NoInterContainer,GatewayMode,Attachable,BridgeName,PrefixLength
one,"10.60.0.0/16, fd00:60::/64","10.60.0.254, fd00:60::fe",10.60.5.0/24,p=10.60.0.9,"{""env"":""prod"",""note"":""a, b""}",,True,1400,,True,,true,brone,
two,,,,,env=test,com.docker.network.driver.mtu=1300,False,,true,,Routed,,,24
three,,,,,,,,,,,,,,
'@ | ConvertFrom-Csv | New-BridgeNetwork | Out-Null
        $one, $two, $three = Get-BridgeNetwork one, two, three
        "$($one.Subnet) $($one.IPv6Subnet) $($one.Gateway) $($one.IPv6Gateway) $($one.IPRange) $($one.AuxAddress)" | Should -Be '10.60.0.0/16 fd00:60::/64 10.60.0.254 fd00:60::fe 10.60.5.0/24 p=10.60.0.9'
        "$($one.Labels.env) $($one.Labels.note) $($one.Internal) $($one.Mtu) $($one.InterContainer) $($one.Attachable) $($one.BridgeName)" | Should -Be 'prod a, b True 1400 False True brone'
        "$($two.Labels) $($two.Mtu) $($two.Internal) $($two.EnableIPv6) $($two.GatewayMode) $($two.InterContainer)" | Should -Be 'env=test 1300 False True Routed True'
        $two.Subnet | Should -BeLike '*/24'
        "$($three.Labels) $($three.Internal) $($three.EnableIPv6)" | Should -Be ' False False'
    }

    It 'New-BridgeContainer binds all columns that are parameters' {
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
        @'
Name,Network,IPAddress,MacAddress,Alias,Publish,Hostname,DomainName,InterfaceName,Dns,DnsSearch,DnsOption,AddHost,GatewayPriority,NoDefaultRoute,LinkLocalAddress,Sysctl
a,net,10.50.0.7,02:42:0a:32:00:aa,"www, w3","8080:80, 9090:90/udp",h1,example.org,lan0,"1.1.1.1, 9.9.9.9","x.org, y.org",ndots:2,"db:10.0.0.1, q:10.0.0.2",5,False,169.254.3.4,net.ipv4.conf.IFNAME.log_martians=1
b,net,,,,,,,,,,,,,,,
c,,,,,,,,,,,,,,,,
'@ | ConvertFrom-Csv | New-BridgeContainer | Out-Null
        $a = Get-BridgeContainer a
        "$($a.Hostname) $($a.DomainName) $($a.Dns) $($a.DnsSearch) $($a.DnsOption) $($a.AddHost)" | Should -Be 'h1 example.org 1.1.1.1 9.9.9.9 x.org y.org ndots:2 db:10.0.0.1 q:10.0.0.2'
        $endpoint = $a.Endpoints[0]
        "$($endpoint.IPAddress) $($endpoint.MacAddress) $($endpoint.Aliases) $($endpoint.InterfaceName) $($endpoint.GatewayPriority) $($endpoint.NoDefaultRoute)" | Should -Be '10.50.0.7 02:42:0a:32:00:aa www w3 lan0 5 False'
        "$($endpoint.Ports) $($endpoint.LinkLocalAddresses) $($endpoint.Sysctls)" | Should -Be '0.0.0.0:8080->80/tcp 0.0.0.0:9090->90/udp 169.254.3.4 net.ipv4.conf.IFNAME.log_martians=1'
        (Get-BridgeContainer b).Networks | Should -Be net
        (Get-BridgeContainer c).Networks.Count | Should -Be 0
    }

    It 'Connect-BridgeNetwork, Publish-BridgePort, Rename-BridgeContainer, Set-BridgeNetwork and Test-BridgeConnection bind theirs' {
        New-BridgeNetwork net -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeContainer a, b | Out-Null
        'Network,Container,IPAddress,Alias', 'net,a,10.50.0.7,x', 'net,b,,' | ConvertFrom-Csv | Connect-BridgeNetwork | Out-Null
        "$((Get-BridgeEndpoint net).IPAddress) $((Get-BridgeEndpoint -Container a).Aliases)" | Should -Be '10.50.0.2 10.50.0.7 x'
        'Container,Port,Network', 'a,8080:80,net', 'b,"81, 82",' | ConvertFrom-Csv | Publish-BridgePort | Out-Null
        (Get-BridgePort).ContainerPort | Should -Be 80, 81, 82
        'Source,Destination,TcpPort', 'a,b,', 'a,b,1' | ConvertFrom-Csv | Test-BridgeConnection -Count 1 | ForEach-Object Protocol | Should -Be icmp, tcp/1
        'Name,Internal,Label,Mtu', 'net,,k=v,1300' | ConvertFrom-Csv | Set-BridgeNetwork
        "$((Get-BridgeNetwork net).Internal) $((Get-BridgeNetwork net).Labels) $((Get-BridgeNetwork net).Mtu)" | Should -Be 'False k=v 1300'
        'Name,NewName', 'a,a2' | ConvertFrom-Csv | Rename-BridgeContainer
        (Get-BridgeContainer a2).Name | Should -Be a2
    }

    It 'a network that was exported as <_> is created again as it was' -ForEach 'CLIXML', 'JSON', 'CSV' {
        New-BridgeNetwork net -Subnet fd00:50::/64, 10.50.0.0/16 -IPRange 10.50.1.0/24 -Gateway 10.50.1.1 -Label @{ a = '1'; b = 'x, y' } -Internal -NoInterContainer -Mtu 1400 -AuxAddress p=10.50.0.9 | Out-Null
        $before = Get-BridgeNetwork net
        $copy = switch ($_) {
            CLIXML { Copy-ByClixml $before }
            JSON { $before | ConvertTo-Json | ConvertFrom-Json }
            CSV { $before | ConvertTo-Csv | ConvertFrom-Csv }
        }
        $before | Remove-BridgeNetwork
        $after = $copy | New-BridgeNetwork
        foreach ($name in 'Name', 'Subnet', 'Gateway', 'IPRange', 'IPv6Subnet', 'IPv6Gateway', 'EnableIPv4', 'EnableIPv6', 'Internal', 'InterContainer', 'Masquerade', 'Mtu', 'Labels', 'Options', 'AuxAddress', 'GatewayMode') {
            "$($after.$name)" | Should -Be "$($before.$name)" -Because $name
        }
        $after.Id | Should -Not -Be $before.Id
    }

    It 'refuses an invalid cell: <Cells>' -ForEach @(
        @{ Cells = 'Name,Internal', 'x,maybe'; Command = 'New-BridgeNetwork' }
        @{ Cells = 'Name,GatewayMode', 'x,isolatd'; Command = 'New-BridgeNetwork' }
        @{ Cells = 'Name,Mtu', 'x,abc'; Command = 'New-BridgeNetwork' }
        @{ Cells = 'Name,Mtu', 'x,99999999999'; Command = 'New-BridgeNetwork' }
        @{ Cells = 'Name,Internal', 'net,nein'; Command = 'Set-BridgeNetwork' }
        @{ Cells = 'Name,GatewayPriority', 'c,high'; Command = 'New-BridgeContainer -Network net' }
        @{ Cells = 'Source,Destination,TcpPort', 'a,b,http'; Command = 'Test-BridgeConnection' }
    ) {
        New-BridgeNetwork net | Out-Null
        New-BridgeContainer a, b net | Out-Null
        $before = Get-BridgeNetwork -AsJson
        Get-ErrorId ([scriptblock]::Create("'$($Cells -join "','")' | ConvertFrom-Csv | $Command")) | Should -Be ParameterArgumentTransformationError
        Get-BridgeNetwork -AsJson | Should -Be $before
        (Get-BridgeContainer).Name | Should -Be a, b
    }

    It 'reads truth values as people write them' {
        'Name,Internal', 'a,1', 'b,yes', 'c,true', 'd,0', 'e,no', 'f,FALSE', 'g,' | ConvertFrom-Csv | New-BridgeNetwork | ForEach-Object Internal | Should -Be $true, $true, $true, $false, $false, $false, $false
    }

    It 'refuses an argument if it would read only its name' {
        New-BridgeNetwork net -Subnet 10.50.0.0/16 -Internal | Out-Null
        New-BridgeContainer c net | Out-Null
        $network = Get-BridgeNetwork net
        $container = Get-BridgeContainer c
        $before = Get-BridgeNetwork -AsJson
        Get-ErrorId { @{ Name = 'h'; Subnet = '10.51.0.0/16' } | New-BridgeNetwork } | Should -Be WrongObject
        Get-ErrorId { @{ Name = 'h'; Network = 'net' } | New-BridgeContainer } | Should -Be WrongObject
        Get-ErrorId { @{ Name = 'net'; Label = 'a=b' } | Set-BridgeNetwork } | Should -Be WrongObject
        Get-ErrorId { [ordered] @{ Network = 'net'; Container = 'c'; Alias = 'x' } | Connect-BridgeNetwork } | Should -Be WrongObject
        Get-ErrorId { New-BridgeNetwork $network } | Should -Be WrongObject
        Get-ErrorId { New-BridgeNetwork ([pscustomobject] @{ Name = 'x'; Subnet = '10.51.0.0/16' }) } | Should -Be WrongObject
        Get-ErrorId { New-BridgeContainer $container } | Should -Be WrongObject
        Get-ErrorId { $container | Select-Object Name, Id | ConvertTo-Csv | ConvertFrom-Csv | New-BridgeNetwork } | Should -Be WrongObject
        Get-ErrorId { $network | Select-Object Name, Id | ConvertTo-Csv | ConvertFrom-Csv | New-BridgeContainer } | Should -Be WrongObject
        Get-ErrorId { [pscustomobject] @{ Name = 'c' } | Connect-BridgeNetwork } | Should -Be WrongObject
        Get-BridgeNetwork -AsJson | Should -Be $before
        (New-BridgeNetwork @{ Name = 'splatted'; Subnet = '10.52.0.0/16' } -ErrorAction Ignore) | Should -BeNullOrEmpty
        $words = @{ Name = 'splatted'; Subnet = '10.52.0.0/16' }
        (New-BridgeNetwork @words).Subnet | Should -Be 10.52.0.0/16
    }

    It 'a row with an id is the object with that id, also for commands about other kinds' {
        New-BridgeNetwork one -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeContainer one | Out-Null
        New-BridgeContainer bridge, c one | Out-Null
        function Get-Row { process { $_ | Select-Object Name, Id | ConvertTo-Json | ConvertFrom-Json } }
        (Get-BridgeNetwork one | Get-Row | Get-BridgeEndpoint).ContainerName | Should -Be bridge, c
        (Get-BridgeNetwork one | Get-Row | Get-BridgeContainer).Name | Should -Be bridge, c
        (Get-BridgeContainer c | Get-Row | Get-BridgeNetwork).Name | Should -Be one
        (Get-BridgeContainer bridge | Get-Row | Get-BridgeNetwork).Name | Should -Be one
        Get-ErrorId { New-BridgeContainer d -Network (Get-BridgeContainer bridge | Get-Row) } | Should -Be WrongObject
        (Get-BridgeNetwork one | Get-Row | Connect-BridgeNetwork -Container (Get-BridgeContainer one)).ContainerName | Should -Be one
        $endpoint = Get-BridgeEndpoint -Container c
        ($endpoint | Select-Object EndpointId | Get-BridgeEndpoint).ContainerName | Should -Be c
        ($endpoint.EndpointId | Get-BridgeEndpoint).ContainerName | Should -Be c
        Get-ErrorId { Get-Process -Id $PID | Select-Object Name, Id | Get-BridgeNetwork } | Should -Be WrongObject
    }

    It 'Unpublish-BridgePort binds its columns' {
        New-BridgeNetwork net | Out-Null
        New-BridgeContainer a net -Publish 8080:80, 8081:80/udp, 8082:82 | Out-Null
        'Container,ContainerPort,Protocol', 'a,80,', 'a,80,udp' | ConvertFrom-Csv | Unpublish-BridgePort
        (Get-BridgePort).HostPort | Should -Be 8082
        Get-BridgePort a | Select-Object ContainerName, HostPort, ContainerPort | ConvertTo-Csv | ConvertFrom-Csv | Unpublish-BridgePort
        Get-BridgePort | Should -BeNullOrEmpty
    }

    It 'lists in a cell name several' {
        New-BridgeNetwork n1, n2 | Out-Null
        New-BridgeContainer a, b | Out-Null
        (@{ Network = 'n1, n2'; Container = 'a, b' } | ForEach-Object { [pscustomobject] $_ } | Connect-BridgeNetwork).Count | Should -Be 4
        ([pscustomobject] @{ Source = 'a'; Destination = 'b, a'; Count = 1 } | Test-BridgeConnection).Count | Should -Be 2
    }

    It 'a typed file of Export-Csv is a table again' {
        New-BridgeNetwork net | Out-Null
        $table = Get-BridgeNetwork net | ConvertTo-Csv -IncludeTypeInformation | ConvertFrom-Csv
        $table.Mtu = 1300
        $table | Set-BridgeNetwork
        (Get-BridgeNetwork net).Mtu | Should -Be 1300
    }

    It 'a container without a network, or on the host, comes back from CSV' {
        New-BridgeContainer plain | Out-Null
        New-BridgeContainer onhost -Network host | Out-Null
        New-BridgeNetwork six -NoIPv4 -IPv6 | Out-Null
        New-BridgeContainer only6 six | Out-Null
        $before = Get-BridgeContainer
        $copy = $before | ConvertTo-Csv | ConvertFrom-Csv
        $before | Remove-BridgeContainer
        $after = $copy | New-BridgeContainer
        "$($after.Kind) $($after.IPAddress) $($after.Networks)" | Should -Be "$($before.Kind) $($before.IPAddress) $($before.Networks)"
    }

    It 'a container that was exported as <_> is created again, on its network, with its address and ports' -ForEach 'CLIXML', 'JSON', 'CSV' {
        New-BridgeNetwork net | Out-Null
        New-BridgeContainer c1, c net | Out-Null
        Remove-BridgeContainer c
        New-BridgeContainer c net -Publish 8080:80 -Hostname h -AddHost x:1.2.3.4 | Out-Null
        $before = Get-BridgeContainer c
        $copy = switch ($_) {
            CLIXML { Copy-ByClixml $before }
            JSON { $before | ConvertTo-Json | ConvertFrom-Json }
            CSV { $before | ConvertTo-Csv | ConvertFrom-Csv }
        }
        $before | Remove-BridgeContainer
        $after = $copy | New-BridgeContainer
        foreach ($name in 'Name', 'IPAddress', 'Networks', 'Ports', 'Hostname', 'AddHost') { "$($after.$name)" | Should -Be "$($before.$name)" -Because $name }
    }
}

Describe 'Disconnect and connect again' {
    AfterEach { Clear-Lab }

    It 'loses nothing, as <_>' -ForEach 'live', 'CLIXML', 'JSON', 'CSV' {
        New-BridgeNetwork given -Subnet 10.50.0.0/16, fd00:50::/64 | Out-Null
        # Where the subnet is chosen, an address cannot be asked for; one that was there can be had again.
        New-BridgeNetwork chosen | Out-Null
        New-BridgeContainer c, d | Out-Null
        Connect-BridgeNetwork given c -IPAddress 10.50.0.77 -Alias www, w3 -GatewayPriority 7 -InterfaceName lan0 -MacAddress 02:42:0a:32:00:aa -Publish 8080:80, 127.0.0.1:9090:90/udp -LinkLocalAddress 169.254.3.4 -Sysctl net.ipv4.conf.IFNAME.log_martians=1 | Out-Null
        Connect-BridgeNetwork chosen d, c -NoDefaultRoute | Out-Null
        $before = Get-BridgeEndpoint -Container c
        $form = $_
        $copy = switch ($form) {
            live { $before }
            CLIXML { $before | ForEach-Object { Copy-ByClixml $_ } }
            JSON { $before | ConvertTo-Json | ConvertFrom-Json }
            CSV { $before | ConvertTo-Csv | ConvertFrom-Csv }
        }
        $copy | Disconnect-BridgeNetwork
        Get-BridgeEndpoint -Container c | Should -BeNullOrEmpty
        $copy | Connect-BridgeNetwork | Out-Null
        $after = Get-BridgeEndpoint -Container c
        $after | Should -HaveCount 2
        foreach ($number in 0, 1) {
            foreach ($property in $before[$number].psobject.Properties.Name | Where-Object { $_ -notin 'EndpointId', 'HostInterface' }) {
                "$($after[$number].$property)" | Should -Be "$($before[$number].$property)" -Because $property
            }
        }
    }

    It 'loses nothing of ports on a network that is routed in one family, as <_>' -ForEach 'live', 'CSV' {
        New-BridgeNetwork net -Subnet 10.50.0.0/16, fd00:50::/64 -IPv6GatewayMode Routed | Out-Null
        New-BridgeContainer c net -Publish 8080:80, 81 3>$null | Out-Null
        $before = Get-BridgeEndpoint net
        $copy = $_ -eq 'live' ? $before : ($before | ConvertTo-Csv | ConvertFrom-Csv)
        $copy | Disconnect-BridgeNetwork
        $copy | Connect-BridgeNetwork 3>$null | Out-Null
        "$((Get-BridgeEndpoint net).Ports)" | Should -Be "$($before.Ports)"
    }

    It 'a container is connected to another network with its own values there' {
        New-BridgeNetwork a -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeNetwork b -Subnet 10.51.0.0/16 | Out-Null
        New-BridgeContainer c a -IPAddress 10.50.0.9 -Publish 8080:80 | Out-Null
        (Get-BridgeContainer c | Connect-BridgeNetwork b).IPAddress | Should -Be 10.51.0.2
        (Get-BridgeEndpoint a | Connect-BridgeNetwork -Container (New-BridgeContainer d)).IPAddress | Should -Be 10.50.0.2
        (Get-BridgeEndpoint b | Disconnect-BridgeNetwork) | Should -BeNullOrEmpty
        (Get-BridgeEndpoint a -Container c | Connect-BridgeNetwork -Network b -IPAddress 10.51.0.7).IPAddress | Should -Be 10.51.0.7
    }
}

Describe 'Set-BridgeNetwork' {
    AfterEach { Clear-Lab }

    It 'uses the identity of a network, and not its old property values' {
        $old = New-BridgeNetwork net
        Set-BridgeNetwork net -Internal $true -Mtu 1300 -Label @{ k = 'v' }
        $old | Set-BridgeNetwork -Label @{ l = 'w' }
        Copy-ByClixml $old | Set-BridgeNetwork -Label m=x
        $now = Get-BridgeNetwork net
        "$($now.Internal) $($now.Mtu) $($now.Labels.Keys)" | Should -Be 'True 1300 k l m'
    }

    It 'uses the current columns of a table' {
        New-BridgeNetwork net -BridgeName brnet | Out-Null
        $table = Get-BridgeNetwork net | ConvertTo-Csv | ConvertFrom-Csv
        $table.Mtu = 1300
        $table.Internal = 'True'
        $table | Set-BridgeNetwork
        "$((Get-BridgeNetwork net).Mtu) $((Get-BridgeNetwork net).Internal)" | Should -Be '1300 True'
    }
}

Describe 'Tables of names with values' {
    BeforeAll {
        New-BridgeNetwork one -Label @{ env = 'prod'; tier = 1 } | Out-Null
        New-BridgeNetwork two -Label env=test, plain | Out-Null
        New-BridgeNetwork three -Label @(@{ env = 'prod' }, 'tier=2') | Out-Null
    }
    AfterAll { Clear-Lab }

    It 'mean the same in every command: <Name>' -ForEach @(
        @{ Name = 'text'; Prod = { 'env=prod' }; Any = { 'env' } }
        @{ Name = 'hashtable'; Prod = { @{ env = 'prod' } }; Any = { @{ env = $null } } }
        @{ Name = 'ordered'; Prod = { [ordered] @{ env = 'prod' } }; Any = { [ordered] @{ env = $null } } }
        @{ Name = 'object'; Prod = { [pscustomobject] @{ env = 'prod' } }; Any = { [pscustomobject] @{ env = $null } } }
        @{ Name = 'array'; Prod = { @(@{ env = 'prod' }) }; Any = { , 'env' } }
        @{ Name = 'JSON'; Prod = { '{"env":"prod"}' }; Any = { '{"env":null}' } }
    ) {
        (Get-BridgeNetwork -Label (& $Prod)).Name | Should -Be one, three
        (Get-BridgeNetwork -Label (& $Any)).Name | Should -Be one, three, two
        (Clear-BridgeNetwork -Label (& $Prod) -WhatIf -PassThru 6>$null) | Should -BeNullOrEmpty
        (New-BridgeNetwork four -Label (& $Prod)).Labels.env | Should -Be prod
        (Set-BridgeNetwork two -Label (& $Prod) -PassThru).Labels.env | Should -Be prod
        Set-BridgeNetwork two -Label env=test
        (Clear-BridgeNetwork four -Label (& $Prod) -Force -PassThru).Name | Should -Be four
    }

    It 'several narrow together, as hashtable and as text' {
        (Get-BridgeNetwork -Label @{ env = 'prod'; tier = '1' }).Name | Should -Be one
        (Get-BridgeNetwork -Label env=prod, tier=2).Name | Should -Be three
        (Get-BridgeNetwork -Label (Get-BridgeNetwork one).Labels).Name | Should -Be one
    }
}
