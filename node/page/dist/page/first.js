(()=>{var a=/^#[A-Za-z0-9_-]{22}$/;a.test(location.hash)&&(window.vouchsafeFragment=location.hash.slice(1),history.replaceState(null,"",location.pathname+location.search));})();
